/** What costs more or less than before, and which resource made it so. */
import { Table, type Row, type View } from '../../data';

/** What two periods are asked for, so that a difference can be told by its resource. */
export const MOVER_COLUMNS = [
  'total_cost', 'cpu_cost', 'ram_cost', 'gpu_cost', 'storage_cost', 'load_balancer_cost', 'network_cost', 'management_cost', 'shared_cost',
  'cpu_core_hours_held', 'ram_gib_hours_held', 'gpu_card_hours_held', 'storage_gib_hours_held',
] as const;

export interface Mover {
  key: string;
  cluster: string;
  namespace: string;
  /** `deployment:ranker`; empty for idle. */
  controller: string;
  idle: boolean;
  now: number;
  before: number;
  difference: number;
  /** What kind of change: it was not there before, is no more, or changed. */
  kind: 'new' | 'ended' | 'changed';
  /** Costs that changed most in its direction; empty where none is known. */
  cause: Cause | null;
}

export interface Cause {
  resource: string;
  difference: number;
  now: number;
  before: number;
  /** Quantities held, where that resource has one. */
  held: { now: number; before: number; unit: string } | null;
}

const HELD: Record<string, string> = { cpu_cost: 'cpu_core_hours_held', ram_cost: 'ram_gib_hours_held', gpu_cost: 'gpu_card_hours_held', storage_cost: 'storage_gib_hours_held' };
const RESOURCES = MOVER_COLUMNS.filter((name) => name.endsWith('_cost') && name !== 'total_cost');
const CENT = 0.005;

/** Everything that costs otherwise than before, the largest difference in money first. */
export function moversOf(now: View, before: View): Mover[] {
  const [a, b] = [new Table(now), new Table(before)];
  const [after, earlier] = [keyed(a), keyed(b)];
  const keys = new Set([...after.keys(), ...earlier.keys()]);
  const found: Mover[] = [];
  for (const key of keys) {
    const [row, old] = [after.get(key), earlier.get(key)];
    const [cost, was] = [row ? (a.number(row, 'total_cost') ?? 0) : 0, old ? (b.number(old, 'total_cost') ?? 0) : 0];
    const difference = cost - was;
    if (Math.abs(difference) < CENT) continue;
    const whose = row ? a : b;
    const any = row ?? old;
    if (!any) continue;
    found.push({
      key, now: cost, before: was, difference,
      cluster: whose.text(any, 'cluster'),
      namespace: any.idle ? '' : whose.text(any, 'namespace'),
      controller: any.idle ? '' : whose.text(any, 'controller'),
      idle: any.idle,
      // a page that holds not everything cannot tell that something was not there
      kind: !old && !before.nextCursor ? 'new' : !row && !now.nextCursor ? 'ended' : 'changed',
      cause: causeOf(a, row, b, old, difference),
    });
  }
  return found.sort((one, other) => Math.abs(other.difference) - Math.abs(one.difference));
}

function keyed(table: Table): Map<string, Row> {
  return new Map([...table.rows, ...table.idle].map((row) => [table.groups(row).join('\u0000'), row]));
}

function causeOf(a: Table, row: Row | undefined, b: Table, old: Row | undefined, difference: number): Cause | null {
  let best: Cause | null = null;
  for (const resource of RESOURCES) {
    const change = of(a, row, resource) - of(b, old, resource);
    if (change > 0 !== difference > 0 || Math.abs(change) <= Math.abs(best?.difference ?? 0)) continue;
    const column = HELD[resource];
    const unit = column ? (a.column(column)?.unit ?? '') : '';
    best = { resource, difference: change, now: of(a, row, resource), before: of(b, old, resource), held: column ? { now: of(a, row, column), before: of(b, old, column), unit } : null };
  }
  return best;
}

const of = (table: Table, row: Row | undefined, name: string): number => (row ? (table.number(row, name) ?? 0) : 0);
