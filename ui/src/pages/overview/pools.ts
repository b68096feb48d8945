/** Nodes of one cluster and kind, and how many of them nobody needs. */
import { printFilter, type Patch, type Table } from '../../data';
import { idleNodesOf, type IdleNode, type Load } from '../efficiency/idleNodes';

export type Resource = 'cpu' | 'ram' | 'gpu';

export interface Pool {
  key: string;
  cluster: string;
  /** The instance type; empty where it is not known. */
  kind: string;
  /** How many there were on average. */
  nodes: number;
  cost: number;
  idle: number;
  /** Idle that somebody could have held: without what the system reserves. */
  free: number;
  /** Of the scarcest resource, the part that nobody held: so much of the pool could go. */
  spare: number;
  /** Which that is; null: nothing is known of any. */
  scarce: Resource | null;
  /** Nodes that were there all along and that nearly nobody held anything of. */
  empty: number;
}

const EMPTY = 0.9;

/** Pools by what nobody held, most first. `hours`: of the window. */
export function poolsOf(load: Table, kinds: Table, hours: number): Pool[] {
  const about = new Map(kinds.rows.map((row) => [`${kinds.text(row, 'cluster')}/${kinds.text(row, 'asset')}`, row]));
  const groups = new Map<string, IdleNode[]>();
  for (const node of idleNodesOf(load)) {
    const row = about.get(node.key);
    const key = `${node.cluster}/${row ? kindOf(kinds.text(row, 'instanceType')) : ''}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const found = [...groups].map(([key, nodes]): Pool => {
    const cluster = nodes[0]?.cluster ?? '';
    const lived = nodes.map((node) => hoursOf(about.get(node.key), kinds));
    const idle = sum(nodes.map((node) => node.idle ?? 0));
    return {
      key, cluster, kind: key.slice(cluster.length + 1),
      nodes: hours ? sum(lived) / hours : 0,
      cost: sum(nodes.map((node) => node.cost ?? 0)),
      idle,
      free: idle - sum(nodes.map((node) => node.reserved)),
      ...scarcest(nodes),
      empty: nodes.filter((node, place) => node.cost && (node.idle ?? 0) / node.cost >= EMPTY && (lived[place] ?? 0) >= hours * EMPTY).length,
    };
  });
  return found.sort((a, b) => b.idle - a.idle || a.key.localeCompare(b.key));
}

/** Whole nodes that could go: those that are empty, or as many as the scarcest resource leaves free. */
export const removable = (pool: Pool): number => Math.min(Math.round(pool.nodes), Math.max(pool.empty, Math.floor(pool.nodes * pool.spare + 1e-9)));

/** The page of assets, on the nodes of a pool: names of assets end in their kind there. */
export const nodesOf = (pool: Pool): Patch => ({
  agg: 'asset',
  filter: printFilter([{ field: 'assetType', operator: ':', values: ['node'] }, { field: 'cluster', operator: ':', values: [pool.cluster] }]),
  ...(pool.kind ? { q: pool.kind } : {}),
});

function scarcest(nodes: readonly IdleNode[]): Pick<Pool, 'spare' | 'scarce'> {
  const parts = (['cpu', 'ram', 'gpu'] as const).flatMap((scarce) => {
    const loads: Load[] = nodes.map((node) => node[scarce]);
    const [held, idle] = [sum(loads.map((one) => one.held)), sum(loads.map((one) => one.idle))];
    return held + idle > 0 ? [{ scarce, spare: idle / (held + idle) }] : [];
  });
  return parts.sort((a, b) => a.spare - b.spare)[0] ?? { scarce: null, spare: 0 };
}

const kindOf = (text: string): string => (text.startsWith('__') ? '' : text);
const hoursOf = (row: Table['total'] | undefined, table: Table): number => (row ? (table.number(row, 'asset_hours') ?? 0) : 0);
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
