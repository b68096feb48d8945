/** Windows that one may choose, in the API's words. */
import type { Choice } from './Choose';

export const PRESETS: readonly Choice[] = [
  { value: 'today', title: 'Today' },
  { value: 'yesterday', title: 'Yesterday' },
  { value: '24h', title: 'Last 24 hours' },
  { value: '48h', title: 'Last 48 hours' },
  { value: '7d', title: 'Last 7 days' },
  { value: '14d', title: 'Last 14 days' },
  { value: '30d', title: 'Last 30 days' },
  { value: '90d', title: 'Last 90 days' },
  { value: 'week', title: 'This week' },
  { value: 'lastweek', title: 'Last week' },
  { value: 'month', title: 'This month' },
  { value: 'lastmonth', title: 'Last month' },
  { value: 'quarter', title: 'This quarter' },
  { value: 'lastquarter', title: 'Last quarter' },
];

export const isPreset = (window: string): boolean => PRESETS.some((one) => one.value === window);

/** A window of whole local days, `last` included. The API's end is not included. */
export const daysWindow = (first: Date, last: Date): string => `${isoDay(first)},${isoDay(new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1))}`;

/** The first and last day of a window of whole days; null for other windows. */
export function windowDays(window: string): [Date, Date] | null {
  const found = /^(\d{4})-(\d{2})-(\d{2}),(\d{4})-(\d{2})-(\d{2})$/.exec(window);
  if (!found) return null;
  const [year, month, day, endYear, endMonth, endDay] = found.slice(1).map(Number) as [number, number, number, number, number, number];
  return [new Date(year, month - 1, day), new Date(endYear, endMonth - 1, endDay - 1)];
}

/** Hours of a window that have gone by until `asOf`: what a rate is taken over. */
export function hoursGoneBy(start: string, end: string, asOf: string): number {
  const from = new Date(start).getTime();
  const to = Math.min(new Date(end).getTime(), Math.max(from, new Date(asOf).getTime()));
  return (to - from) / 3_600_000;
}

const isoDay = (day: Date): string => `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
