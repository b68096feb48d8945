/** Ranks waste: by any column that is shown, what is not known last. */
import { efficiencyOf, wasted, type Waste } from './waste';

type Measure = (one: Waste) => number | string | null;

export const MEASURES: Readonly<Record<string, Measure>> = {
  name: (one) => one.key,
  cost: (one) => one.cost,
  wasted,
  part: (one) => partWasted(one),
  idle: (one) => one.idle,
  cpu_efficiency: (one) => efficiencyOf(one.cpu),
  ram_efficiency: (one) => efficiencyOf(one.ram),
  cpu_requested: (one) => one.cpu.requested,
  cpu_used: (one) => one.cpu.used,
  ram_requested: (one) => one.ram.requested,
  ram_used: (one) => one.ram.used,
};

/** Wasted of its own cost. */
export function partWasted(one: Waste): number | null {
  const waste = wasted(one);
  return waste === null || !one.cost ? null : waste / one.cost;
}

/** In order of `sort`, `-` before it: largest first; equal ones by name. */
export function ranked(all: readonly Waste[], sort: string): Waste[] {
  const down = sort.startsWith('-');
  const measure = MEASURES[sort.replace(/^-/, '')] ?? wasted;
  return [...all].sort((a, b) => {
    const [x, y] = [measure(a), measure(b)];
    if (x === null || y === null) return x === y ? a.key.localeCompare(b.key) : x === null ? 1 : -1;
    const order = typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y)) : x - y;
    return (down ? -order : order) || a.key.localeCompare(b.key);
  });
}
