/** Nodes by what nobody held of them. */
import type { Table } from '../../data';

export interface Load {
  held: number;
  used: number | null;
  idle: number;
}

export interface IdleNode {
  key: string;
  cluster: string;
  node: string;
  /** $ of what nobody held; null: no price. */
  idle: number | null;
  /** Of it, what the system reserves: nobody could have held that. */
  reserved: number;
  cost: number | null;
  cpu: Load;
  ram: Load;
  gpu: Load;
}

/** Nodes that have idle, most first; those of no price last. */
export function idleNodesOf(table: Table): IdleNode[] {
  const held = new Map(table.rows.map((row) => [`${table.text(row, 'cluster')}/${table.text(row, 'node')}`, row]));
  const found = table.idle.map((row): IdleNode => {
    const [cluster, node] = [table.text(row, 'cluster'), table.text(row, 'node')];
    const own = held.get(`${cluster}/${node}`);
    const idle = table.number(row, 'total_cost');
    const cost = own ? table.number(own, 'total_cost') : 0;
    const load = (column: string): Load => ({
      held: own ? (table.number(own, `${column}_held`) ?? 0) : 0,
      used: own ? table.number(own, `${column}_used`) : null,
      idle: table.number(row, `${column}_held`) ?? 0,
    });
    return {
      key: `${cluster}/${node}`, cluster, node, idle, reserved: table.number(row, 'reserved_cost') ?? 0,
      cost: idle === null && cost === null ? null : (idle ?? 0) + (cost ?? 0),
      cpu: load('cpu_core_hours'), ram: load('ram_gib_hours'), gpu: load('gpu_card_hours'),
    };
  });
  return found.sort((a, b) => (b.idle ?? -1) - (a.idle ?? -1) || a.key.localeCompare(b.key));
}
