import { describe, expect, it } from 'vitest';

import { Table, type Cell, type View } from '../../data';
import { adviceOf, type Action, type Seen } from './actions';
import { poolsOf, removable } from './pools';

const table = (by: string[], names: string[], rows: Cell[][], idleRows: Cell[][] = []): Table =>
  new Table({ by, columns: ['name', 'special', ...by, ...names].map((name) => ({ name, unit: '', kind: '', doc: '' })), rows: rows.map((one) => ['', '', ...one]), idleRows: idleRows.map((one) => ['', 'idle', ...one]), total: [], nextCursor: null } as unknown as View);

const LOAD = ['total_cost', 'reserved_cost', 'cpu_core_hours_held', 'ram_gib_hours_held', 'gpu_card_hours_held'];
const DAY = 24;
const kinds = (nodes: string[], hours = DAY): Table => table(['cluster', 'asset', 'instanceType'], ['asset_hours'], nodes.map((node) => ['c', node, 'm5', hours]));
/** Nodes of 10 cores and 10 GiB at $10, with so much held of each. */
const load = (held: Record<string, [cpu: number, ram: number]>): Table =>
  table(['cluster', 'node'], LOAD,
    Object.entries(held).map(([node, [cpu, ram]]) => ['c', node, (cpu + ram) / 2, null, cpu, ram, 0]),
    Object.entries(held).map(([node, [cpu, ram]]) => ['c', node, 10 - (cpu + ram) / 2, 1, 10 - cpu, 10 - ram, 0]));

const WORK = ['total_cost', 'cpu_cost', 'ram_cost', 'gpu_cost', 'gpu_card_hours_held', 'partial', 'cpu_efficiency', 'ram_efficiency', 'cpu_core_hours_requested', 'cpu_core_hours_used', 'cpu_core_hours_held', 'ram_gib_hours_requested', 'ram_gib_hours_used', 'ram_gib_hours_held'];
const BY = ['cluster', 'namespace', 'controller', 'node'];
const workload = (name: string, used: number, gpu = 0): Cell[] => ['c', 'n', `deployment:${name}`, 'x', 20 + gpu, 10, 10, gpu, gpu ? 24 : 0, false, used, used, 100, used * 100, 100, 100, used * 100, 100];
const seen = (more: Partial<Seen>): Seen => ({ pools: [], workloads: table(BY, WORK, []), kinds: table(['cluster', 'namespace', 'kind'], ['total_cost', 'load_balancer_cost'], []), factor: 30, window: 'w', zone: 'UTC', ...more });

describe('nodes that could go', () => {
  it('are as many whole ones as the scarcest resource leaves free', () => {
    // CPU 60 % free, RAM 50 %: two of four.
    const [pool] = poolsOf(load({ a: [4, 5], b: [4, 5], c: [4, 5], d: [4, 5] }), kinds(['a', 'b', 'c', 'd']), DAY);
    expect(pool).toMatchObject({ cluster: 'c', kind: 'm5', nodes: 4, cost: 40, free: 18 });
    expect(pool?.spare).toBeCloseTo(0.5, 9);
    expect(pool && removable(pool)).toBe(2);
  });

  it('are those that are nearly empty, however few', () => {
    const [pool] = poolsOf(load({ a: [0.1, 0.1] }), kinds(['a']), DAY);
    expect(pool && removable(pool)).toBe(1);
  });

  it('are none of those that come and go', () => {
    const [pool] = poolsOf(load({ a: [0.1, 0.1] }), kinds(['a'], 3), DAY);
    expect(pool && removable(pool)).toBe(0);
  });
});

const told = (actions: readonly Action[]): unknown[] => actions.map((one) => [one.kind, one.name, Math.round(one.monthly)]);

describe('what to do first', () => {
  it('prices nodes at what they cost a month, and leaves half-full ones alone', () => {
    const empty = poolsOf(load({ a: [4, 5], b: [4, 5], c: [4, 5], d: [4, 5] }), kinds(['a', 'b', 'c', 'd']), DAY);
    // two of four nodes of $10 a day; $22 of the $40 are idle
    expect(adviceOf(seen({ pools: empty }))).toMatchObject({ sure: [{ kind: 'nodes', monthly: 600, atMost: false, scarce: 'ram' }], asked: [], saves: 600, most: 600 });
    const full = poolsOf(load({ a: [8, 8] }), kinds(['a']), DAY);
    expect(adviceOf(seen({ pools: full }))).toEqual({ sure: [], asked: [], saves: 0, most: 0 });
  });

  it('only asks where under 30 % of requests is used', () => {
    const found = adviceOf(seen({ workloads: table(BY, WORK, [workload('low', 0.2), workload('fine', 0.31)]) }));
    expect(told(found.asked)).toEqual([['requests', 'deployment:low', 480]]);
    expect(found).toMatchObject({ sure: [], saves: 0 });
    expect(found.asked[0]?.search.filter).toBe('cluster:"c"+namespace:"n"+controllerKind:"deployment"+controllerName:"low"');
  });

  it('asks one thing of a workload, and at most two of a kind', () => {
    const rows = ['a', 'b', 'c'].map((name, place) => workload(name, 0.05, 100 * (place + 1)));
    const found = adviceOf(seen({ workloads: table(BY, WORK, rows) }));
    expect(told(found.asked)).toEqual([['gpu', 'deployment:c', 9000], ['gpu', 'deployment:b', 6000]]);
    expect(found.most).toBe(15_000);
    // $19 of CPU and RAM are not used, its cards cost $1: then it is its requests that are asked about
    expect(told(adviceOf(seen({ workloads: table(BY, WORK, [workload('d', 0.05, 1)]) })).asked)).toEqual([['requests', 'deployment:d', 570]]);
  });

  it('names volumes of nobody by where they are', () => {
    const volumes = table(['cluster', 'namespace', 'kind'], ['total_cost', 'load_balancer_cost'], [['c', 'n', 'unmounted', 2, 0], ['c', 'n', 'container', 50, 0]]);
    expect(adviceOf(seen({ kinds: volumes })).sure.map((one) => [one.kind, one.namespace, one.monthly])).toEqual([['volumes', 'n', 60]]);
  });

  it('keeps room for what is to be asked beside what is sure, and leaves out what is little beside the most', () => {
    const unmounted = (namespace: string, cost: number): Cell[] => ['c', namespace, 'unmounted', cost, 0];
    const volumes = table(['cluster', 'namespace', 'kind'], ['total_cost', 'load_balancer_cost'], [unmounted('m', 40), unmounted('n', 30), unmounted('o', 20)]);
    const pools = poolsOf(load({ a: [4, 5], b: [4, 5] }), kinds(['a', 'b']), DAY);
    const found = adviceOf(seen({ kinds: volumes, pools, workloads: table(BY, WORK, [workload('low', 0.2), workload('dust', 0.05, 100)]) }));
    expect(found.sure.map((one) => [one.kind, one.monthly])).toEqual([['volumes', 1200], ['volumes', 900], ['nodes', 300]]);
    expect(told(found.asked)).toEqual([['gpu', 'deployment:dust', 3000], ['requests', 'deployment:low', 480]]);
    expect(found).toMatchObject({ saves: 2400, most: 5880 });
    const one = adviceOf(seen({ kinds: table(['cluster', 'namespace', 'kind'], ['total_cost', 'load_balancer_cost'], [unmounted('m', 100), unmounted('n', 1.9)]) }));
    expect(one.sure.map((each) => each.namespace)).toEqual(['m']);
  });

  it('saves with nodes no more than what is idle in their cluster: pods of those that go take room elsewhere', () => {
    // two nodes of $10 that both go, of which $0.5 each is held by pods that must go somewhere: 600 a month would be 30 too much
    const pools = poolsOf(load({ a: [0.5, 0.5], b: [0.5, 0.5] }), kinds(['a', 'b']), DAY);
    const found = adviceOf(seen({ pools }));
    expect(found.sure[0]?.monthly).toBe(600);
    expect(found.saves).toBeCloseTo(570, 9);
    expect(found.most).toBeCloseTo(570, 9);
  });
});
