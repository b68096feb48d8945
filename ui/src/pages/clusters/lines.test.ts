import { describe, expect, it } from 'vitest';

import { Table, type Cell, type Schemas, type View } from '../../data';
import { clusterLines, missingHours, sorted } from './lines';

const table = (rows: Cell[][], idleRows: Cell[][] = [], previousPartial = false): Table =>
  new Table({ by: ['cluster'], previousPartial, columns: ['name', 'special', 'cluster', 'total_cost', 'partial', 'efficiency', 'previous_cost', 'trend'].map((name) => ({ name, unit: '', kind: '', doc: '' })), rows, idleRows, total: [], steps: [] } as unknown as View);
const row = (name: string, cost: number | null, before: number | null, trend: Cell = [1, 2]): Cell[] => [name, '', name, cost, false, 0.5, before, trend];
const idle = (name: string, cost: number, before: number, trend: Cell = [1, null]): Cell[] => [`${name}/__idle__`, 'idle', name, cost, false, null, before, trend];
const state = (name: string, more: Partial<Schemas['ClusterState']> = {}): Schemas['ClusterState'] => ({ name, provider: null, region: null, first: null, last: null, recordedAt: null, behindSeconds: null, state: null, hoursExpected: null, hoursKnown: null, gaps: [], nodes: null, ...more });

describe('clusters', () => {
  it('cost what is theirs and their idle, step by step', () => {
    expect(clusterLines(table([row('a', 10, 8)], [idle('a', 5, 4)]))).toMatchObject([{ name: 'a', cost: 15, before: 12, idle: 5, efficiency: 0.5, trend: [2, 2] }]);
  });

  it('are compared with nothing where the period before is known in part', () => {
    expect(clusterLines(table([row('a', 10, 8)], [], true))[0]).toMatchObject({ before: null, idle: 0 });
  });

  it('are all idle where nobody was, and are there without any cost', () => {
    const lines = clusterLines(table([], [idle('a', 5, 4)]), [state('b'), state('a', { nodes: 2 })]);
    expect(lines.map((one) => [one.name, one.cost, one.idle, one.state?.nodes])).toEqual([['a', 5, 5, 2], ['b', null, null, null]]);
  });

  it('miss hours only where it is told how many there are', () => {
    expect([missingHours(state('a', { hoursExpected: 10, hoursKnown: 7 })), missingHours(state('a')), missingHours(null)]).toEqual([3, null, null]);
  });

  it('are sorted either way with the unknown last', () => {
    const lines = clusterLines(table([row('a', 1, 1), row('b', 3, 1)]), [state('c')]);
    expect(sorted(lines, 'cost').map((one) => one.name)).toEqual(['a', 'b', 'c']);
    expect(sorted(lines, '-cost').map((one) => one.name)).toEqual(['b', 'a', 'c']);
    expect(sorted(lines, '-name').map((one) => one.name)).toEqual(['c', 'b', 'a']);
  });
});
