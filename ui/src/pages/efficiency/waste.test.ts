import { describe, expect, it } from 'vitest';

import { Table, type Cell, type View } from '../../data';
import { ranked } from './rank';
import { byNode, COLUMNS, efficiencyOf, ofPlaces, overuse, restOf, together, wasted, wasteOf } from './waste';

const MEASURED = COLUMNS.split(',');

/** A view by namespace and node: cells after the names are in the order of COLUMNS. */
function view(rows: [namespace: string, node: string, ...cells: Cell[]][], idle: [node: string, cost: number][] = []): Table {
  const names = ['name', 'special', 'namespace', 'cluster', 'node', ...MEASURED];
  const full = (namespace: string, node: string, special: string, cells: Cell[]): Cell[] => [`${namespace}/${node}`, special, namespace, 'east', node, ...cells];
  return new Table({
    by: ['namespace', 'cluster', 'node'],
    columns: names.map((name) => ({ name, unit: '', kind: 'text', doc: '' })),
    rows: rows.map(([namespace, node, ...cells]) => full(namespace, node, '', cells)),
    idleRows: idle.map(([node, cost]) => full('__idle__', node, 'idle', [cost])),
    total: [],
  } as unknown as View);
}

//                total cpu ram partial cpuEff ramEff | cpu requested used held | ram requested used held
const ON_DEMAND: Cell[] = [12, 8, 2, false, 0.5, 0.25, 10, 5, 10, 8, 2, 8];
const ON_SPOT: Cell[] = [3, 2, 1, false, 0.5, 1, 10, 5, 10, 4, 4, 4];

describe('waste by group', () => {
  const rows = wasteOf(view([['shop', 'a', ...ON_DEMAND], ['shop', 'b', ...ON_SPOT], ['blind', 'a', 4, 3, 1, false, null, null, 6, null, 6, 2, null, 2]]), 'namespace', new Map([['shop', 5]]));
  const [shop, blind] = rows;

  it('prices waste on each node at its own price', () => {
    // a: CPU 5 of 10 × $0.80 = 4, RAM 6 of 8 × $0.25 = 1.50; b: CPU 5 of 10 × $0.20 = 1, RAM nothing. A mean price would tell the same only by chance.
    expect(shop && wasted(shop)).toBeCloseTo(6.5, 12);
    expect(shop?.used).toBeCloseTo(6.5, 12);
    expect(shop?.cost).toBe(15);
    expect(shop && restOf(shop)).toBeCloseTo(2, 12);
  });

  it('has an efficiency of all of it', () => {
    expect(shop && efficiencyOf(shop.cpu)).toBe(0.5);
    expect(shop && efficiencyOf(shop.ram)).toBe(0.5);
  });

  it('does not know the waste of what it does not know the use of', () => {
    expect(blind && wasted(blind)).toBeNull();
    expect(blind?.unknown).toBe(4);
    expect(blind && efficiencyOf(blind.cpu)).toBeNull();
  });

  it('has the share of idle that was received, and 0 where none was', () => {
    expect(shop?.idle).toBe(5);
    expect(blind?.idle).toBe(0);
    expect(wasteOf(view([['shop', 'a', ...ON_DEMAND]]), 'namespace')[0]?.idle).toBeNull();
  });

  it('adds up', () => {
    const all = together(rows, 7);
    expect(all.cost).toBe(19);
    expect(all.spare).toBeCloseTo(6.5, 12);
    expect(all.used + all.spare + restOf(all)).toBeCloseTo(19, 12);
    expect(all.idle).toBe(7);
  });

  it('puts what is not known last, either way round', () => {
    expect(ranked(rows, '-wasted').map((one) => one.key)).toEqual(['shop', 'blind']);
    expect(ranked(rows, 'wasted').map((one) => one.key)).toEqual(['shop', 'blind']);
    expect(ranked(rows, 'cost').map((one) => one.key)).toEqual(['blind', 'shop']);
  });
});

describe('places', () => {
  it('have idle of their own, also where nobody holds anything', () => {
    const rows = wasteOf(view([['shop', 'a', ...ON_DEMAND]], [['a', 2], ['empty', 9]]), 'node');
    expect(rows.map((one) => [one.key, one.idle, one.cost])).toEqual([['a', 2, 12], ['empty', 9, 0]]);
    expect(ofPlaces('cluster,node')).toBe(true);
    expect(ofPlaces('cluster,namespace')).toBe(false);
    expect(ofPlaces('all')).toBe(false);
  });

  it('are asked for beside every group', () => {
    expect(byNode('namespace')).toBe('namespace,cluster,node');
    expect(byNode('node')).toBe('node,cluster');
    expect(byNode('all')).toBe('cluster,node');
  });
});

describe('risk', () => {
  it('is use above the request', () => {
    expect(overuse({ requested: 10, used: 15, held: 15, known: 10 })).toBe(1.5);
    expect(overuse({ requested: 10, used: 10, held: 10, known: 10 })).toBeNull();
    expect(overuse({ requested: 0, used: 3, held: 3, known: 0 })).toBe(Number.POSITIVE_INFINITY);
    expect(overuse({ requested: 10, used: null, held: 10, known: 0 })).toBeNull();
  });
});
