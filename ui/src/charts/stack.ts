/** The series of a view as stacks of a chart: what is shown, under which name, in which colour. */
import type { View } from '../data';
import { nameOf } from '../format';
import { IDLE, seriesToken } from './palette';

export interface Stack {
  /** The value of the field that series are told apart by; `other` and `idle` for those. */
  key: string;
  kind: 'top' | 'other' | 'idle';
  title: string;
  colour: string;
  values: readonly (number | null)[];
}

/** Stacks of a view from the bottom up: dearest first, then all others, then idle. `off`: keys that are not shown. */
export function stacksOf(view: Pick<View, 'series' | 'otherCount'>, off: ReadonlySet<string> = new Set()): Stack[] {
  const { by, keys, values, other, idle } = view.series;
  const top = keys.map((key, rank): Stack => ({ key, kind: 'top', title: nameOf(key, by), colour: seriesToken(rank), values: values[rank] ?? [] }));
  const found = [...top];
  if (other) found.push({ key: 'other', kind: 'other', title: `${view.otherCount} others`, colour: '--other', values: other });
  if (idle) found.push({ key: 'idle', kind: 'idle', title: IDLE, colour: '--idle', values: idle });
  return found.filter((stack) => !off.has(stack.key));
}

/** What one step costs in all stacks; null where nothing is known of it. */
export function stepTotal(stacks: readonly Stack[], step: number): number | null {
  const known = stacks.flatMap((stack) => stack.values[step] ?? []);
  return known.length ? known.reduce((sum, value) => sum + value, 0) : null;
}
