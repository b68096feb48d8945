import { describe, expect, it } from 'vitest';

import type { Cell } from '../../data';
import { blindSteps, lastRequest, points, spreadOf, USAGE_COLUMNS, type Point, type UsageTimeline } from './usage';

const columns = USAGE_COLUMNS.split(',').map((name) => ({ name, unit: '', kind: 'quantity' as const, doc: '' }));
const day = (at: number): { start: string; end: string; partial: boolean } => ({ start: `2026-11-0${at}T00:00:00Z`, end: `2026-11-0${at + 1}T00:00:00Z`, partial: false });
const timeline = (values: Cell[][]): UsageTimeline => ({ columns, steps: values.map((_, at) => day(at + 1)), values, total: [], asOf: '2026-11-03T12:00:00Z' });

describe('averages', () => {
  // A whole day, a day of which use is not known, half of a day that goes on, a day that has not begun.
  const told = points(timeline([[48, 24, 96, 48], [48, null, 96, null], [24, 6, 48, 12], [null, null, null, null]]), 'cpu_core_hours');

  it('are quantities by the hours that have gone by', () => {
    expect(told[0]).toMatchObject({ requested: 2, used: 1 });
    expect(told[2]).toMatchObject({ requested: 2, used: 0.5 });
  });

  it('are not known where use is not, never 0', () => {
    expect(told[1]).toMatchObject({ requested: 2, used: null });
    expect(told[3]).toMatchObject({ requested: null, used: null });
    expect(blindSteps(told)).toBe(1);
    expect(lastRequest(told)).toBe(2);
  });
});

describe('percentiles', () => {
  const of = (values: (number | null)[]): Point[] => values.map((used) => ({ start: '', end: '', requested: 1, used }));

  it('are values that were there, by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect(spreadOf(of(hundred))).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
    expect(spreadOf(of([4, null, 2, 8]))).toEqual({ count: 3, p50: 4, p95: 8, p99: 8, max: 8 });
  });

  it('are none where no use is known', () => {
    expect(spreadOf(of([null, null]))).toBeNull();
  });
});
