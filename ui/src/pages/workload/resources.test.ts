import { expect, it } from 'vitest';

import type { Cell } from '../../data';
import { COST_COLUMNS, drawn, numberOf, sums, type Timeline } from './resources';

const steps = [{ start: '2026-11-01T00:00:00Z', end: '2026-11-02T00:00:00Z', partial: false }, { start: '2026-11-02T00:00:00Z', end: '2026-11-03T00:00:00Z', partial: false }];
const columns = COST_COLUMNS.split(',').map((name) => ({ name, unit: '$', kind: 'money' as const, doc: '' }));

// total cpu ram gpu storage lb network management shared
const line = (values: Cell[][], total: Cell[]): Timeline => ({ steps, columns, values, total });
const own = line([[10, 6, 4, 0, 0, 0, null, 0, 0], [null, null, null, null, null, null, null, null, null]], [10, 6, 4, 0, 0, 0, null, 0, 0]);
const whole = line([[13, 8, 5, 0, 0, 0, null, 0, 0], [null, null, null, null, null, null, null, null, null]], [13, 8, 5, 0, 0, 0, null, 0, 0]);

it('draws own costs by resource, and idle received over them', () => {
  const { series } = drawn(own, whole);
  expect(series.keys.slice(0, 2)).toEqual(['CPU', 'RAM']);
  expect(series.values[0]).toEqual([6, null]);
  expect(series.idle).toEqual([3, null]);
  expect(drawn(own, null).series.idle).toBeNull();
});

it('adds up to the cost with idle', () => {
  const parts = sums(own, whole);
  expect(parts.map((one) => [one.title, one.cost])).toEqual([['CPU', 6], ['RAM', 4], ['Idle received', 3]]);
  expect(parts.reduce((sum, one) => sum + (one.cost ?? 0), 0)).toBe(numberOf(whole, whole.total, 'total_cost'));
});
