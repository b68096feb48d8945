import { describe, expect, it } from 'vitest';

import { Table, type Cell, type View } from '../../data';
import { actionsOf, type Seen } from './actions';
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

describe('what to do first', () => {
  it('prices nodes at what they cost a month, and leaves half-full ones alone', () => {
    const empty = poolsOf(load({ a: [4, 5], b: [4, 5], c: [4, 5], d: [4, 5] }), kinds(['a', 'b', 'c', 'd']), DAY);
    expect(actionsOf(seen({ pools: empty })).map((one) => [one.kind, one.monthly, one.atMost])).toEqual([['nodes', 600, false]]);
    const full = poolsOf(load({ a: [8, 8] }), kinds(['a']), DAY);
    expect(actionsOf(seen({ pools: full }))).toEqual([]);
  });

  it('asks for less only where under 30 % is used', () => {
    const found = actionsOf(seen({ workloads: table(BY, WORK, [workload('low', 0.2), workload('fine', 0.31)]) }));
    expect(found.map((one) => [one.kind, one.name, Math.round(one.monthly)])).toEqual([['requests', 'deployment:low', 480]]);
    expect(found[0]?.search.filter).toBe('cluster:"c"+namespace:"n"+controllerKind:"deployment"+controllerName:"low"');
  });

  it('asks about cards of who sleeps, and takes at most two of a kind', () => {
    const rows = ['a', 'b', 'c'].map((name, place) => workload(name, 0.05, 100 * (place + 1)));
    expect(actionsOf(seen({ workloads: table(BY, WORK, rows) })).map((one) => [one.kind, one.name])).toEqual([['gpu', 'deployment:c'], ['gpu', 'deployment:b'], ['requests', 'deployment:a'], ['requests', 'deployment:b']]);
  });

  it('names volumes of nobody by where they are', () => {
    const volumes = table(['cluster', 'namespace', 'kind'], ['total_cost', 'load_balancer_cost'], [['c', 'n', 'unmounted', 2, 0], ['c', 'n', 'container', 50, 0]]);
    expect(actionsOf(seen({ kinds: volumes })).map((one) => [one.kind, one.namespace, one.monthly])).toEqual([['volumes', 'n', 60]]);
  });
});
