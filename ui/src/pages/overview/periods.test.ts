import { describe, expect, it } from 'vitest';

import type { View } from '../../data';
import { comparable, runRate, wholeDays, windowName, windowOf } from './periods';

const day = (date: number): string => new Date(Date.UTC(2026, 10, date)).toISOString();
/** Days from the first of November, each $1 for each of two series; today is partial. */
function byDay(count: number, costs: (place: number) => number | null = () => 1, more: Partial<View> = {}): View {
  const steps = Array.from({ length: count }, (_, place) => ({ start: day(place + 1), end: day(place + 2), partial: place === count - 1 }));
  const line = steps.map((_, place) => costs(place));
  return { steps, series: { by: 'cluster', keys: ['a', 'b'], values: [line, line], other: null, idle: line }, window: { start: day(1), end: day(count + 1) }, previous: null, previousPartial: false, prevTotal: null, ...more } as unknown as View;
}

describe('whole days', () => {
  it('leave out the day under way and those before the data begin', () => {
    expect(wholeDays(byDay(10), null)).toHaveLength(9);
    expect(wholeDays(byDay(10), '2026-11-03T05:00:00Z').map((one) => one.start)[0]).toBe(day(4));
    expect(wholeDays(byDay(3), null)[0]?.cost).toBe(3);
    expect(wholeDays(byDay(3, () => null), null)[0]?.cost).toBeNull();
  });
});

describe('the rate of a month', () => {
  it('is of the last seven whole days, 730 hours of them', () => {
    const rate = runRate(wholeDays(byDay(20, (place) => (place < 12 ? 1 : 2)), null));
    expect(rate?.days).toBe(7);
    expect(rate?.monthly).toBeCloseTo((6 * 730) / 24, 9);
    expect(rate?.before).toBeCloseTo((3 * 730) / 24, 9);
    expect(rate?.over).toEqual({ start: day(13), end: day(20) });
  });

  it('takes as many days as there are, and then compares with nothing', () => {
    expect(runRate(wholeDays(byDay(4), null))).toMatchObject({ days: 3, before: null });
    expect(runRate([])).toBeNull();
  });

  it('is not thinned by a day of which nothing is known', () => {
    const rate = runRate(wholeDays(byDay(8, (place) => (place === 3 ? null : 1)), null));
    expect(rate?.monthly).toBeCloseTo((3 * 730) / 24, 9);
  });
});

describe('what can be compared', () => {
  const previous = { start: day(-9), end: day(1) };
  it('is the period before where all of it is known', () => {
    const view = byDay(10, () => 1, { previous, prevTotal: [] });
    expect(comparable(view, [])).toEqual({ now: view.window, before: previous, asked: true });
  });

  it('is otherwise as many whole days as are known twice', () => {
    const view = byDay(10, () => 1, { previous, prevTotal: [], previousPartial: true });
    const found = comparable(view, wholeDays(view, null));
    expect(found).toEqual({ now: { start: day(6), end: day(10) }, before: { start: day(2), end: day(6) }, asked: false });
    expect(found && windowOf(found.before)).toBe(`${day(2)},${day(6)}`);
  });

  it('is nothing of a time before the data', () => {
    const view = byDay(10, () => 1, { window: { start: '2025-01-01T00:00:00Z', end: '2025-02-01T00:00:00Z' } });
    expect(comparable(view, wholeDays(view, null))).toBeNull();
  });

  it('is nothing with a single day', () => {
    const view = byDay(2);
    expect(comparable(view, wholeDays(view, null))).toBeNull();
  });
});

describe('a window in a sentence', () => {
  it('has the name that it was chosen by, or none', () => {
    expect([windowName('30d'), windowName('lastmonth'), windowName('2026-11-01,2026-11-03')]).toEqual(['last 30 days', 'last month', 'this window']);
  });
});
