/** Waste by group: rows of a view, told apart by node where the API could, added up to the groups that were asked for. */
import type { Row, Table } from '../../data';
import { requestKnown, splitOf, type Held } from './bands';

/** One resource of a group, in its unit times hours. */
export interface Use {
  requested: number;
  /** null: not known. */
  used: number | null;
  held: number;
  /** Of what was requested, the part whose use is known. */
  known: number;
}

export interface Waste {
  key: string;
  groups: readonly string[];
  /** $ of its own, idle not counted; null: nothing in it has a price. */
  cost: number | null;
  used: number;
  spare: number;
  /** $ of CPU and RAM of which use is not known. */
  unknown: number;
  /** Whether something in it has no price. */
  partial: boolean;
  /** $ of what nobody held, of it or its share; null: not known yet. */
  idle: number | null;
  cpu: Use;
  ram: Use;
}

export const COLUMNS =
  'total_cost,cpu_cost,ram_cost,partial,cpu_efficiency,ram_efficiency,cpu_core_hours_requested,cpu_core_hours_used,cpu_core_hours_held,ram_gib_hours_requested,ram_gib_hours_used,ram_gib_hours_held';

const PLACES: readonly string[] = ['cluster', 'node'];
const listed = (agg: string): string[] => agg.split(',').filter((group) => group && group !== 'all');

/** Whether idle is of the groups themselves: a cluster and a node have their own, a namespace only a share of it. */
export const ofPlaces = (agg: string): boolean => listed(agg).length > 0 && listed(agg).every((group) => PLACES.includes(group));

/** Groups told apart by node as well: within a node a core has one price, so that waste is priced exactly. */
export const byNode = (agg: string): string => [...listed(agg), ...PLACES.filter((place) => !listed(agg).includes(place))].join(',');

/** The rows of `table` added up to the groups of `agg`; idle goes to places, and is otherwise told by `shares`. */
export function wasteOf(table: Table, agg: string, shares: ReadonlyMap<string, number | null> | null = null): Waste[] {
  const groups = listed(agg);
  const found = new Map<string, Waste>();
  const places = ofPlaces(agg);
  const at = (row: Row): Waste => {
    const values = groups.map((group) => table.text(row, group));
    const key = values.join('/');
    let waste = found.get(key);
    if (!waste) found.set(key, (waste = blank(key, values, places ? 0 : (shares?.get(key) ?? (shares ? 0 : null)))));
    return waste;
  };
  for (const row of table.rows) add(at(row), table, row);
  if (places) {
    for (const row of table.idle) {
      const waste = at(row);
      // Where nobody held anything there is no cost of anybody, which is known.
      if (waste.cost === null && !waste.partial) waste.cost = 0;
      const cost = table.number(row, 'total_cost');
      waste.idle = cost === null || waste.idle === null ? null : waste.idle + cost;
    }
  }
  return [...found.values()];
}

/** All of them together; `idle`: all idle there is. */
export function together(all: readonly Waste[], idle: number | null): Waste {
  const sum = blank('', [], idle);
  for (const one of all) {
    sum.cost = plus(sum.cost, one.cost);
    sum.used += one.used;
    sum.spare += one.spare;
    sum.unknown += one.unknown;
    sum.partial ||= one.partial;
    addUse(sum.cpu, one.cpu);
    addUse(sum.ram, one.ram);
  }
  return sum;
}

/** $ of what was held and not used; null where use of nothing that was held is known, or nothing of it has a price: that is not 0. */
export function wasted(one: Waste): number | null {
  if (one.used + one.spare > 0) return one.spare;
  const held = one.cpu.held + one.ram.held;
  return held > 0 && (one.unknown > 0 || one.partial || one.cost === null) ? null : 0;
}

/** Own cost and idle. */
export const wholeOf = (one: Waste): number | null => (one.cost === null && !one.idle ? one.cost : (one.cost ?? 0) + (one.idle ?? 0));

/** Cost of what has no use that is measured: GPU, storage, network and others, and CPU and RAM of which use is not known. */
export const restOf = (one: Waste): number => Math.max(0, (one.cost ?? 0) - one.used - one.spare);

/** used / requested, of what use is known of. */
export const efficiencyOf = (use: Use): number | null => (use.used === null || use.known <= 0 ? null : use.used / use.known);

const LEAST_RISK = 1.005;
const LEAST_HELD = 0.01;

/** A resource of which more is used than requested, on average over the window: how many times as much; Infinity where nothing is requested. */
export function overuse(use: Use): number | null {
  if (use.used === null || use.held < LEAST_HELD) return null;
  if (use.requested === 0) return use.used > 0 ? Number.POSITIVE_INFINITY : null;
  const times = efficiencyOf(use);
  return times !== null && times >= LEAST_RISK ? times : null;
}

function add(waste: Waste, table: Table, row: Row): void {
  waste.cost = plus(waste.cost, table.number(row, 'total_cost'));
  waste.partial ||= table.flag(row, 'partial');
  for (const [use, of] of [[waste.cpu, heldOf(table, row, 'cpu', 'cpu_core_hours')], [waste.ram, heldOf(table, row, 'ram', 'ram_gib_hours')]] as const) {
    const split = splitOf(of);
    if (split) {
      waste.used += split.used;
      waste.spare += split.spare;
      waste.unknown += split.unknown;
    }
    addUse(use, { requested: of.requested, used: of.used, held: of.held, known: requestKnown(of) });
  }
}

const heldOf = (table: Table, row: Row, resource: string, quantity: string): Held => ({
  cost: table.number(row, `${resource}_cost`),
  held: table.number(row, `${quantity}_held`) ?? 0,
  requested: table.number(row, `${quantity}_requested`) ?? 0,
  used: table.number(row, `${quantity}_used`),
  efficiency: table.number(row, `${resource}_efficiency`),
});

function addUse(sum: Use, one: Use): void {
  sum.requested += one.requested;
  sum.used = plus(sum.used, one.used);
  sum.held += one.held;
  sum.known += one.known;
}

const plus = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

const blank = (key: string, groups: readonly string[], idle: number | null): Waste => ({
  key, groups, cost: null, used: 0, spare: 0, unknown: 0, partial: false, idle,
  cpu: { requested: 0, used: null, held: 0, known: 0 },
  ram: { requested: 0, used: null, held: 0, known: 0 },
});
