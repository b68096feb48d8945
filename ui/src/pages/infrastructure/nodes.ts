/** How nodes are used: what was held on each, what of it was used, and what nobody held. */
import { parseFilter, printFilter, Table, useSmallView, type Parameters, type Search, type View } from '../../data';
import { assetKey } from './groups';

/** Quantities of one resource over a window, in its unit times hours. */
export interface Load {
  held: number;
  /** null: the use of nothing on the node is known. */
  used: number | null;
  idle: number;
}

export interface NodeUse {
  cpu: Load;
  ram: Load;
  /** $ that nobody held. */
  idleCost: number | null;
}

export const capacityOf = (load: Load): number => load.held + load.idle;

const COLUMNS = 'total_cost,cpu_core_hours_held,cpu_core_hours_used,ram_gib_hours_held,ram_gib_hours_used';
const MOST = 20_000;

/** The question: rows of what was held and of what was idle on each node; of the same clusters where a filter names them. */
export function nodeParameters(search: Pick<Search, 'window' | 'zone' | 'filter'>): Parameters {
  const clusters = (parseFilter(search.filter) ?? []).filter((term) => term.field === 'cluster');
  return {
    window: search.window, zone: search.zone, agg: 'cluster,node', filter: printFilter(clusters), idle: 'separate', idleRows: 'node', sharing: 'none',
    step: 'all', compare: 'none', trend: false, limit: MOST, columns: COLUMNS,
  };
}

/** Use by asset key. */
export function nodesOf(view: View): ReadonlyMap<string, NodeUse> {
  const table = new Table(view);
  const found = new Map<string, NodeUse>();
  const at = (key: string): NodeUse => {
    let node = found.get(key);
    if (!node) found.set(key, (node = { cpu: { held: 0, used: null, idle: 0 }, ram: { held: 0, used: null, idle: 0 }, idleCost: 0 }));
    return node;
  };
  for (const row of table.rows) {
    const node = at(assetKey(table.text(row, 'cluster'), table.text(row, 'node')));
    node.cpu.held += table.number(row, 'cpu_core_hours_held') ?? 0;
    node.cpu.used = table.number(row, 'cpu_core_hours_used');
    node.ram.held += table.number(row, 'ram_gib_hours_held') ?? 0;
    node.ram.used = table.number(row, 'ram_gib_hours_used');
  }
  for (const row of table.idle) {
    const node = at(assetKey(table.text(row, 'cluster'), table.text(row, 'node')));
    node.cpu.idle += table.number(row, 'cpu_core_hours_held') ?? 0;
    node.ram.idle += table.number(row, 'ram_gib_hours_held') ?? 0;
    node.idleCost = table.number(row, 'total_cost');
  }
  return found;
}

export const useNodes = (search: Pick<Search, 'window' | 'zone' | 'filter'>, enabled: boolean) => useSmallView('/allocation/view', nodeParameters(search), enabled);
