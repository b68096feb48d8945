/** What to do first: things that data show, each with what it would save in a month and how that is known. */
import type { Patch, Table } from '../../data';
import { printFilter, termsOf } from '../../data';
import { efficiencyOf, wasteOf, type Waste } from '../efficiency/waste';
import { nodesOf, removable, type Pool } from './pools';

export interface Action {
  key: string;
  kind: 'nodes' | 'idle' | 'requests' | 'gpu' | 'volumes';
  /** What it is about; the words are the page's. */
  cluster: string;
  name: string;
  namespace: string;
  /** $ a month. */
  monthly: number;
  /** Whether that is the most it may be, not what it is. */
  atMost: boolean;
  facts: Record<string, number>;
  to: '/infrastructure' | '/allocations' | '/efficiency' | '/workload';
  search: Patch;
}

export interface Seen {
  pools: readonly Pool[];
  /** Workloads by cluster, namespace, controller and node. */
  workloads: Table;
  /** Costs by cluster, namespace and kind. */
  kinds: Table;
  /** What a $ of the period is a month. */
  factor: number;
  window: string;
  zone: string;
}

const MOST = 5;
const OF_A_KIND = 2;
/** Pools of which less than that is idle are not worth a word. */
const IDLE = 0.5;
/** What uses less than that of its requests asks for too much. */
const LOW = 0.3;
/** Who holds cards and uses less than that of its CPU likely computes nothing on them. */
const ASLEEP = 0.15;
const GROUPS = 'cluster,namespace,controller';

/** At most five, most money first, and at most two of a kind, so that one sort of waste does not hide the others. */
export function actionsOf(seen: Seen): Action[] {
  const kept: Action[] = [];
  const all = [...nodes(seen), ...requests(seen), ...cards(seen), ...volumes(seen)].filter((one) => one.monthly >= 1).sort((a, b) => b.monthly - a.monthly);
  for (const one of all) {
    if (kept.length < MOST && kept.filter((other) => other.kind === one.kind).length < OF_A_KIND) kept.push(one);
  }
  return kept;
}

function nodes({ pools, factor, window, zone }: Seen): Action[] {
  return pools.flatMap((pool): Action[] => {
    if (pool.cost <= 0 || pool.idle / pool.cost < IDLE) return [];
    const count = removable(pool);
    const perNode = pool.nodes ? pool.cost / pool.nodes : 0;
    return [
      {
        key: `nodes/${pool.key}`, kind: count > 0 ? 'nodes' : 'idle', cluster: pool.cluster, namespace: '', name: pool.kind,
        monthly: (count > 0 ? count * perNode : pool.free) * factor, atMost: count === 0,
        facts: { count, nodes: pool.nodes, idle: pool.idle / pool.cost, spare: pool.spare },
        to: '/infrastructure', search: { window, zone, ...nodesOf(pool) },
      },
    ];
  });
}

function requests({ workloads, factor, window, zone }: Seen): Action[] {
  return wasteOf(workloads, GROUPS).flatMap((one): Action[] => {
    const whole = one.used + one.spare;
    if (whole <= 0 || one.used / whole >= LOW) return [];
    return [
      {
        key: `requests/${one.key}`, kind: 'requests', ...whose(one), monthly: one.spare * factor, atMost: true,
        facts: { used: one.used / whole, cpuRequested: one.cpu.requested, cpuUsed: one.cpu.used ?? Number.NaN, ramRequested: one.ram.requested, ramUsed: one.ram.used ?? Number.NaN },
        to: '/workload', search: { window, zone, filter: filterOf(one) },
      },
    ];
  });
}

function cards({ workloads, factor, window, zone }: Seen): Action[] {
  const held = new Map<string, { cost: number; hours: number }>();
  for (const row of workloads.rows) {
    const key = GROUPS.split(',').map((group) => workloads.text(row, group)).join('/');
    const sum = held.get(key) ?? { cost: 0, hours: 0 };
    held.set(key, { cost: sum.cost + (workloads.number(row, 'gpu_cost') ?? 0), hours: sum.hours + (workloads.number(row, 'gpu_card_hours_held') ?? 0) });
  }
  return wasteOf(workloads, GROUPS).flatMap((one): Action[] => {
    const gpu = held.get(one.key);
    const efficiency = efficiencyOf(one.cpu);
    if (!gpu || gpu.cost <= 0 || efficiency === null || efficiency >= ASLEEP) return [];
    return [
      {
        key: `gpu/${one.key}`, kind: 'gpu', ...whose(one), monthly: gpu.cost * factor, atMost: true, facts: { cpu: efficiency, cards: gpu.hours },
        to: '/workload', search: { window, zone, filter: filterOf(one) },
      },
    ];
  });
}

function volumes({ kinds, factor, window, zone }: Seen): Action[] {
  return kinds.rows.flatMap((row): Action[] => {
    if (kinds.text(row, 'kind') !== 'unmounted') return [];
    const [cluster, namespace] = [kinds.text(row, 'cluster'), kinds.text(row, 'namespace')];
    return [
      {
        key: `volumes/${cluster}/${namespace}`, kind: 'volumes', cluster, namespace, name: '', monthly: (kinds.number(row, 'total_cost') ?? 0) * factor, atMost: false,
        facts: { balancers: (kinds.number(row, 'load_balancer_cost') ?? 0) * factor },
        to: '/allocations', search: { window, zone, agg: 'kind,providerID', q: 'unmounted', filter: printFilter([...termsOf('cluster', cluster), ...termsOf('namespace', namespace)]) },
      },
    ];
  });
}

function whose(one: Waste): { cluster: string; namespace: string; name: string } {
  const [cluster = '', namespace = '', name = ''] = one.groups;
  return { cluster, namespace, name };
}

const filterOf = (one: Waste): string => printFilter(GROUPS.split(',').flatMap((group, place) => termsOf(group, one.groups[place] ?? '')));
