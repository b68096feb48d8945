/** What to do first: things that data show, each with what it would save in a month, and what is only to be asked. */
import type { Patch, Table } from '../../data';
import { printFilter, termsOf } from '../../data';
import { efficiencyOf, wasteOf, type Waste } from '../efficiency/waste';
import { nodesOf, removable, type Pool, type Resource } from './pools';

export interface Action {
  key: string;
  kind: 'nodes' | 'idle' | 'requests' | 'gpu' | 'volumes';
  /** What it is about; the words are the page's. */
  cluster: string;
  name: string;
  namespace: string;
  /** $ a month. */
  monthly: number;
  /** Whether that is the most it may be, not what it is: then somebody has to be asked. */
  atMost: boolean;
  facts: Record<string, number>;
  /** Of nodes: the resource of which they have least left. */
  scarce?: Resource | null;
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

export interface Advice {
  /** What data show, most money first. */
  sure: readonly Action[];
  /** What may save up to so much: only who runs it knows. */
  asked: readonly Action[];
  /** $ a month of all that are sure together, nothing counted twice. */
  saves: number;
  /** $ a month at most, with those that are asked. */
  most: number;
}

const MOST = 5;
/** Places kept for what is to be asked, so that neither hides the other. */
const ASKED = 2;
const OF_A_KIND = 2;
/** $ a month. */
const LEAST = 1;
/** What saves less than that of what saves most is not worth a line beside it. */
const NOISE = 0.02;
/** Pools of which less than that is idle are not worth a word. */
const IDLE = 0.5;
/** What uses less than that of its requests asks for too much. */
const LOW = 0.3;
/** Who holds cards and uses less than that of its CPU likely computes nothing on them. */
const ASLEEP = 0.15;
const GROUPS = 'cluster,namespace,controller';

/** At most five, at most two of a kind, so that one sort of waste does not hide the others, and one of a workload. */
export function adviceOf(seen: Seen): Advice {
  const found = [...nodes(seen), ...oneOfEach([...requests(seen), ...cards(seen)]), ...volumes(seen)].sort((a, b) => b.monthly - a.monthly);
  const worth = found.filter((one) => one.monthly >= Math.max(LEAST, NOISE * (found[0]?.monthly ?? 0)));
  const sure = fewOfAKind(worth.filter((one) => !one.atMost));
  const asked = fewOfAKind(worth.filter((one) => one.atMost));
  const advice = { sure: sure.slice(0, MOST - Math.min(ASKED, asked.length)), asked: asked.slice(0, Math.max(ASKED, MOST - sure.length)) };
  return { ...advice, saves: together(advice.sure, seen), most: together([...advice.sure, ...advice.asked], seen) };
}

/**
 * $ a month of several. What is idle and what somebody holds are different dollars; but pods of nodes that go take up what is idle elsewhere,
 * so that all nodes of a cluster that go together save no more than what is idle in it.
 */
function together(actions: readonly Action[], { pools, factor }: Seen): number {
  const places = new Map<string, number>();
  let sum = 0;
  for (const one of actions) {
    if (one.kind === 'nodes' || one.kind === 'idle') places.set(one.cluster, (places.get(one.cluster) ?? 0) + one.monthly);
    else sum += one.monthly;
  }
  for (const [cluster, monthly] of places) {
    const idle = pools.reduce((all, pool) => (pool.cluster === cluster ? all + pool.idle : all), 0);
    sum += Math.min(monthly, idle * factor);
  }
  return sum;
}

/** Of what is said of one workload what is worth most: its cards or its requests. */
function oneOfEach(actions: readonly Action[]): Action[] {
  const best = new Map<string, Action>();
  for (const one of [...actions].sort((a, b) => a.monthly - b.monthly)) best.set([one.cluster, one.namespace, one.name].join('/'), one);
  return [...best.values()];
}

function fewOfAKind(actions: readonly Action[]): Action[] {
  const counts = new Map<Action['kind'], number>();
  return actions.filter(({ kind }) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return (counts.get(kind) ?? 0) <= OF_A_KIND;
  });
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
        facts: { count, nodes: pool.nodes, empty: pool.empty, idle: pool.idle / pool.cost, spare: pool.spare }, scarce: pool.scarce,
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
        key: `requests/${one.key}`, kind: 'requests', ...whose(one), monthly: one.spare * factor, atMost: true, facts: { used: one.used / whole },
        to: '/workload', search: { window, zone, filter: filterOf(one) },
      },
    ];
  });
}

function cards({ workloads, factor, window, zone }: Seen): Action[] {
  const held = new Map<string, number>();
  for (const row of workloads.rows) {
    const key = GROUPS.split(',').map((group) => workloads.text(row, group)).join('/');
    held.set(key, (held.get(key) ?? 0) + (workloads.number(row, 'gpu_cost') ?? 0));
  }
  return wasteOf(workloads, GROUPS).flatMap((one): Action[] => {
    const cost = held.get(one.key) ?? 0;
    const efficiency = efficiencyOf(one.cpu);
    if (cost <= 0 || efficiency === null || efficiency >= ASLEEP) return [];
    return [
      {
        key: `gpu/${one.key}`, kind: 'gpu', ...whose(one), monthly: cost * factor, atMost: true, facts: { cpu: efficiency },
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
