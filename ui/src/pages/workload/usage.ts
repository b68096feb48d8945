/** Use against request: averages over each step, and how hourly use is spread. */
import { hoursGoneBy } from '../../components/windows';
import type { Schemas } from '../../data';
import { numberOf } from './resources';

export type UsageTimeline = Pick<Schemas['Timeline'], 'columns' | 'values' | 'total' | 'steps' | 'asOf'>;
export const USAGE_COLUMNS = 'cpu_core_hours_requested,cpu_core_hours_used,ram_gib_hours_requested,ram_gib_hours_used';

export interface Point {
  start: string;
  end: string;
  /** Averages over the step; null: not known. */
  requested: number | null;
  used: number | null;
}

/** The average of each step: a quantity divided by the hours of it that have gone by. What has not begun is not known. */
export function points(timeline: UsageTimeline, quantity: string): Point[] {
  return timeline.steps.map(({ start, end }, place) => {
    const hours = hoursGoneBy(start, end, timeline.asOf);
    const average = (column: string): number | null => {
      const value = numberOf(timeline, timeline.values[place] ?? [], column);
      return value === null || hours <= 0 ? null : value / hours;
    };
    return { start, end, requested: average(`${quantity}_requested`), used: average(`${quantity}_used`) };
  });
}

export interface Spread {
  /** How many known averages it is of. */
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** How known use is spread, by nearest rank: a percentile is always a value that was there. null: none is known. */
export function spreadOf(all: readonly Point[]): Spread | null {
  const known = all.flatMap((point) => point.used ?? []).sort((a, b) => a - b);
  const at = (part: number): number => known[Math.max(0, Math.ceil(part * known.length) - 1)] ?? 0;
  return known.length ? { count: known.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) } : null;
}

/** Steps in which something was requested and its use is not known. */
export const blindSteps = (all: readonly Point[]): number => all.filter((point) => point.used === null && (point.requested ?? 0) > 0).length;

/** What was requested last; null where nothing was. */
export function lastRequest(all: readonly Point[]): number | null {
  return all.findLast((point) => (point.requested ?? 0) > 0)?.requested ?? null;
}
