import { expect, test } from 'vitest';

import { Table, whole, type View } from '../../data';
import { crumbs, filterOf, opened, without } from './drill';

const text = (name: string) => ({ name, unit: '', kind: 'text' as const, doc: '' });

function table(by: string[], row: string[]): Table {
  return new Table({ by, columns: [text('name'), text('special'), ...by.map(text)], rows: [[row.join('/'), '', ...row]], idleRows: [['__idle__', 'idle', ...row.map(() => '__idle__')]], total: [] } as unknown as View);
}

test('a row leads to its parts, by what comes next under it; what was found, hidden and sorted is of the rows left behind', () => {
  const one = table(['cluster', 'namespace'], ['east', 'shop']);
  const search = whole({ agg: 'cluster,namespace', filter: 'pod~:"web"', q: 'sh', sort: 'name', off: 'idle' });
  expect(one.rows.map((row) => opened(one, row, search))).toEqual([
    { agg: 'controller', filter: 'pod~:"web"+cluster:"east"+namespace:"shop"', q: '', off: '', stack: '', sort: '-total_cost' },
  ]);
});

test('idle, containers, and what no filter can say lead nowhere', () => {
  const one = table(['namespace'], ['shop']);
  const containers = table(['container'], ['web']);
  const kinds = table(['kind'], ['pod']);
  expect(one.idle.map((row) => opened(one, row, whole({})))).toEqual([null]);
  expect(containers.rows.map((row) => opened(containers, row, whole({ agg: 'container' })))).toEqual([null]);
  expect(kinds.rows.map((row) => filterOf(kinds, row, ''))).toEqual([null]);
});

test('a row is left out by its last group alone', () => {
  const one = table(['cluster', 'namespace'], ['east', 'shop']);
  expect(one.rows.map((row) => without(one, row, ''))).toEqual(['namespace!:"shop"']);
});

test('the way here has a step for each part of the filter, and each leads back to what was shown there', () => {
  const filter = 'cluster:"east"+namespace:"shop"+controllerKind:"deployment"+controllerName:"web"';
  expect(crumbs({ agg: 'pod', filter })).toEqual([
    { title: 'All', patch: { agg: 'cluster', filter: '' } },
    { title: 'east', patch: { agg: 'namespace', filter: 'cluster:"east"' } },
    { title: 'shop', patch: { agg: 'controller', filter: 'cluster:"east"+namespace:"shop"' } },
    { title: 'web', patch: { agg: 'pod', filter } },
  ]);
  expect(crumbs({ agg: 'pod', filter: 'pod~:"web"' })).toEqual([]);
});
