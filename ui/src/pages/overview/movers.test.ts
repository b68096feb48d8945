import { describe, expect, it } from 'vitest';

import type { Cell, View } from '../../data';
import { moversOf } from './movers';

const NAMES = ['name', 'special', 'cluster', 'namespace', 'controller', 'total_cost', 'cpu_cost', 'gpu_cost', 'cpu_core_hours_held', 'gpu_card_hours_held'];
const view = (rows: Cell[][], idleRows: Cell[][] = [], nextCursor: string | null = null): View =>
  ({ by: ['cluster', 'namespace', 'controller'], columns: NAMES.map((name) => ({ name, unit: name.endsWith('_held') ? 'h' : '', kind: '', doc: '' })), rows, idleRows, total: [], nextCursor }) as unknown as View;
const row = (controller: string, total: number | null, cpu: number | null, gpu: number | null = null, held = 0, cards = 0): Cell[] => [`c/n/${controller}`, '', 'c', 'n', controller, total, cpu, gpu, held, cards];
const idle = (cluster: string, total: number, cpu: number, held: number): Cell[] => [`${cluster}/__idle__`, 'idle', cluster, '__idle__', '__idle__', total, cpu, null, held, 0];

describe('what costs otherwise than before', () => {
  it('ranks by money in either direction and names the resource that changed most', () => {
    const found = moversOf(view([row('a', 30, 10, 20, 5, 4), row('b', 1, 1, null, 1)]), view([row('a', 15, 9, 6, 5, 2), row('b', 40, 40, null, 40)]));
    expect(found.map((one) => [one.controller, one.difference, one.cause?.resource])).toEqual([['b', -39, 'cpu_cost'], ['a', 15, 'gpu_cost']]);
  });

  it('tells what is new and what is no more, but not of a list that was cut', () => {
    expect(moversOf(view([row('a', 5, 5)]), view([])).map((one) => one.kind)).toEqual(['new']);
    expect(moversOf(view([]), view([row('a', 5, 5)])).map((one) => one.kind)).toEqual(['ended']);
    expect(moversOf(view([row('a', 5, 5)]), view([], [], 'more')).map((one) => one.kind)).toEqual(['changed']);
  });

  it('holds idle of clusters as movers of their own, and leaves out what did not change by a cent', () => {
    const found = moversOf(view([row('a', 5, 5)], [idle('c', 9, 9, 90)]), view([row('a', 5.001, 5.001)], [idle('c', 3, 3, 30)]));
    expect(found.map((one) => [one.idle, one.cluster, one.namespace, one.difference])).toEqual([[true, 'c', '', 6]]);
    expect(found[0]?.cause).toMatchObject({ resource: 'cpu_cost', difference: 6, held: { now: 90, before: 30 } });
  });

  it('takes what has no price for nothing', () => {
    expect(moversOf(view([row('a', null, null)]), view([row('a', null, null)]))).toEqual([]);
  });
});
