import { expect, it } from 'vitest';

import type { Cell, View } from '../../data';
import { capacityOf, nodeParameters, nodesOf } from './nodes';

const COLUMNS = ['name', 'special', 'cluster', 'node', 'total_cost', 'cpu_core_hours_held', 'cpu_core_hours_used', 'ram_gib_hours_held', 'ram_gib_hours_used'];

const view = (rows: Cell[][], idleRows: Cell[][]): View =>
  ({ by: ['cluster', 'node'], columns: COLUMNS.map((name) => ({ name, unit: '', kind: 'text', doc: '' })), rows, idleRows, total: [] }) as unknown as View;

it('tells of each node what was held, used and idle', () => {
  const nodes = nodesOf(view([['east/a', '', 'east', 'a', 3, 60, 20, 100, 80]], [['east/a/__idle__', 'idle', 'east', 'a', 1, 36, null, 92, null]]));
  const node = nodes.get('east/a');
  expect(node?.cpu).toEqual({ held: 60, used: 20, idle: 36 });
  expect(node?.idleCost).toBe(1);
  expect(node && capacityOf(node.cpu)).toBe(96);
});

it('has a node that nobody held, and one of which use is not known', () => {
  const nodes = nodesOf(view([['east/b', '', 'east', 'b', 3, 60, null, 100, null]], [['east/c/__idle__', 'idle', 'east', 'c', null, 96, null, 192, null]]));
  expect(nodes.get('east/b')?.cpu.used).toBeNull();
  expect(nodes.get('east/c')?.cpu).toEqual({ held: 0, used: null, idle: 96 });
  expect(nodes.get('east/c')?.idleCost).toBeNull();
});

it('asks for nodes of the clusters that are asked for, whatever else is filtered', () => {
  expect(nodeParameters({ window: '7d', zone: 'UTC', filter: 'cluster:"east"+assetType:"Node"' })).toMatchObject({ filter: 'cluster:"east"' });
});
