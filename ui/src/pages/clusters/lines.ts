/** Clusters as lines of a table: what each costs with its own idle, and how far its data go. */
import type { Schemas, Table } from '../../data';

export interface ClusterLine {
  name: string;
  /** $ with its idle; null: nothing is known of it in the window, or nothing has a price. */
  cost: number | null;
  /** $ of the period before; null: nothing to compare with. */
  before: number | null;
  idle: number | null;
  efficiency: number | null;
  trend: readonly (number | null)[];
  /** Something in it has no price. */
  partial: boolean;
  /** null: not told. */
  state: Schemas['ClusterState'] | null;
}

/** Rows of clusters with the idle of each added to its own, dearest first; clusters without any cost in the window come last. */
export function clusterLines(table: Table | null, states: readonly Schemas['ClusterState'][] = []): ClusterLine[] {
  const found = new Map<string, ClusterLine>();
  const at = (name: string): ClusterLine => found.get(name) ?? { name, cost: null, before: null, idle: null, efficiency: null, trend: [], partial: false, state: states.find((one) => one.name === name) ?? null };
  for (const row of table ? [...table.rows, ...table.idle] : []) {
    if (!table) break;
    const name = table.text(row, 'cluster');
    const line = at(name);
    const cost = table.number(row, 'total_cost');
    found.set(name, {
      ...line,
      cost: plus(line.cost, cost),
      before: plus(line.before, table.before(row)),
      idle: row.idle ? plus(line.idle, cost) : line.idle,
      efficiency: row.idle ? line.efficiency : table.number(row, 'efficiency'),
      trend: added(line.trend, table.trend(row)),
      partial: line.partial || table.flag(row, 'partial'),
    });
  }
  for (const state of states) found.set(state.name, at(state.name));
  // What costs something and has no idle row is all held.
  const lines = [...found.values()].map((line) => (line.cost !== null && line.idle === null ? { ...line, idle: 0 } : line));
  return lines.sort((a, b) => (b.cost ?? -1) - (a.cost ?? -1) || a.name.localeCompare(b.name));
}

/** Hours of a cluster that are missing; null where that is not told. */
export const missingHours = (state: Schemas['ClusterState'] | null): number | null =>
  state?.hoursExpected == null || state.hoursKnown == null ? null : state.hoursExpected - state.hoursKnown;

const VALUES: Record<string, (line: ClusterLine) => number | string | null> = {
  name: (line) => line.name,
  cost: (line) => line.cost,
  change: (line) => (line.cost === null || !line.before ? null : line.cost / line.before - 1),
  idle: (line) => (line.cost && line.idle !== null ? line.idle / line.cost : null),
  efficiency: (line) => line.efficiency,
  nodes: (line) => line.state?.nodes ?? null,
  behind: (line) => line.state?.behindSeconds ?? null,
  missing: (line) => missingHours(line.state),
};

export const SORTABLE = Object.keys(VALUES);

/** By a column, `-` before it: largest first; what is not known comes last either way. */
export function sorted(lines: readonly ClusterLine[], sort: string): ClusterLine[] {
  const down = sort.startsWith('-');
  const value = VALUES[sort.replace(/^-/, '')] ?? VALUES['cost'];
  if (!value) return [...lines];
  return [...lines].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order = typeof a === 'string' ? a.localeCompare(String(b)) : a - Number(b);
    return down ? -order : order;
  });
}

const plus = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

function added(one: readonly (number | null)[], other: readonly (number | null)[]): (number | null)[] {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, place) => plus(one[place] ?? null, other[place] ?? null));
}
