/** Costs as sums, or as rates over the hours that have gone by. */
import type { Choice } from './Choose';

export const RATES: readonly Choice[] = [
  { value: 'total', title: 'Sum', hint: 'of the window' },
  { value: 'hour', title: 'Per hour' },
  { value: 'day', title: 'Per day' },
  { value: 'month', title: 'Per month', hint: '730 hours' },
];

const HOURS: Record<string, number> = { hour: 1, day: 24, month: 730 };

/** What a sum over `hours` is multiplied by. */
export function factorOf(rate: string, hours: number): number {
  const unit = HOURS[rate];
  return unit === undefined || hours <= 0 ? 1 : unit / hours;
}
