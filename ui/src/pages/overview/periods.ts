/** Which periods the overview speaks of: the last whole days, and two periods that may be compared. */
import { PRESETS } from '../../components/windows';
import type { View } from '../../data';

export interface Period {
  start: string;
  end: string;
}

/** A day as a step of a view, with what it cost in all. */
export interface Day extends Period {
  /** null: nothing is known of it. */
  cost: number | null;
}

const DAY_HOURS = 24;
const WEEK = 7;
/** Days of a month, as the field counts them: 730 hours. */
export const MONTH_HOURS = 730;

export const hoursOf = (period: Period): number => (Date.parse(period.end) - Date.parse(period.start)) / 3_600_000;
export const daysOf = (period: Period): number => Math.round(hoursOf(period) / DAY_HOURS);

/** The whole days of a view by day that lie behind us and after `begin`, where data begin. */
export function wholeDays(view: View, begin: string | null): Day[] {
  return view.steps.flatMap((step, place) => (step.partial || (begin !== null && Date.parse(step.start) < Date.parse(begin)) ? [] : [{ start: step.start, end: step.end, cost: costOf(view, place) }]));
}

/** What a step of a view cost in all; null where nothing is known of it. */
export function costOf({ series: { values, other, idle } }: View, step: number): number | null {
  const known = [...values.map((line) => line[step]), other?.[step], idle?.[step]].filter((value): value is number => typeof value === 'number');
  return known.length ? known.reduce((sum, value) => sum + value, 0) : null;
}

export interface Rate {
  /** $ a month. */
  monthly: number;
  over: Period;
  days: number;
  /** The same of as many days before; null: not known. */
  before: number | null;
}

/** What a month costs at the pace of the last whole days, at most seven; null while there is no whole day. */
export function runRate(days: readonly Day[]): Rate | null {
  const last = days.slice(-WEEK);
  const monthly = pace(last);
  const [first, end] = [last[0], last.at(-1)];
  if (monthly === null || !first || !end) return null;
  const earlier = days.slice(-2 * WEEK, -WEEK);
  return { monthly, over: { start: first.start, end: end.end }, days: last.length, before: earlier.length === WEEK && last.length === WEEK ? pace(earlier) : null };
}

export interface Compared {
  now: Period;
  before: Period;
  /** Whether it is the window that was asked for, or what of it can be compared. */
  asked: boolean;
}

/** What may be compared: the window with the period before; where that is not wholly known, as many of the last whole days as are known twice. */
export function comparable(view: View, days: readonly Day[]): Compared | null {
  if (view.previous && !view.previousPartial && view.prevTotal) return { now: view.window, before: view.previous, asked: true };
  const until = days.filter((day) => Date.parse(day.end) <= Date.parse(view.window.end));
  const count = Math.min(Math.max(1, daysOf(view.window)), Math.floor(until.length / 2));
  const [middle, from, to] = [until.at(-count), until.at(-2 * count), until.at(-1)];
  if (count === 0 || !middle || !from || !to) return null;
  return { now: { start: middle.start, end: to.end }, before: { start: from.start, end: middle.start }, asked: false };
}

/** What a window is called inside a sentence. */
export function windowName(window: string): string {
  const title = PRESETS.find((one) => one.value === window)?.title ?? 'This window';
  return `${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/** A period as the API takes it. */
export const windowOf = (period: Period): string => `${period.start},${period.end}`;

function pace(days: readonly Day[]): number | null {
  const known = days.flatMap((day) => (day.cost === null ? [] : [{ cost: day.cost, hours: hoursOf(day) }]));
  const hours = known.reduce((sum, day) => sum + day.hours, 0);
  return hours ? (known.reduce((sum, day) => sum + day.cost, 0) / hours) * MONTH_HOURS : null;
}
