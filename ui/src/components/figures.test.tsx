import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';

import { Table, type Cell, type View } from '../data';
import { Spark } from './figures';

const column = (name: string) => ({ name, unit: '', kind: '', doc: '' });
/** A row of a view by day, and which of its days are not over. */
function trendOf(trend: Cell, partial: readonly boolean[]): readonly (number | null)[] {
  const steps = partial.map((one) => ({ start: '', end: '', partial: one }));
  const table = new Table({ by: [], columns: ['name', 'special', 'trend'].map(column), rows: [['a', '', trend]], idleRows: [], total: [], steps } as unknown as View);
  return table.rows[0] ? table.trend(table.rows[0]) : [];
}

/** Heights of a course's points from left to right, downwards as in SVG. */
function heights(values: readonly (number | null)[]): number[] {
  const points = render(<Spark values={values} />).container.querySelector('polyline')?.getAttribute('points') ?? '';
  return points.split(' ').filter(Boolean).map((point) => Number(point.split(',')[1]));
}

afterEach(cleanup);

describe('a course', () => {
  it('ends where the last step that is over ends: neither the part of a day nor a day without data falls', () => {
    // just after midnight: half of yesterday is known, and nothing of today
    const drawn = heights(trendOf([10, 10, 10, 5, null], [false, false, false, true, true]));
    expect(drawn).toHaveLength(3);
    expect(new Set(drawn).size).toBe(1);
  });

  it('falls where a whole step was cheaper', () => {
    const drawn = heights(trendOf([10, 10, 5], [false, false, false]));
    expect(drawn).toHaveLength(3);
    expect(drawn[2]).toBeGreaterThan(drawn[1] ?? Number.NaN);
  });

  it('is not drawn of a single step that is over', () => {
    expect(heights(trendOf([10, 5], [false, true]))).toEqual([]);
  });
});
