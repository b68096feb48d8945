import { expect, test } from 'vitest';

import { Table, type View } from '../data';
import { Format } from '../format';
import { roundings } from './trailing';

const columns = [
  { name: 'name', unit: '', kind: 'text', doc: '' },
  { name: 'special', unit: '', kind: 'text', doc: '' },
  { name: 'total_cost', unit: '$', kind: 'money', doc: '' },
  { name: 'cpu_cost', unit: '$', kind: 'money', doc: '' },
];
const format = new Format('en-US', 'USD', 'UTC');

test('a column tells the cents that its rows as shown lack to its total as shown', () => {
  // $0.004 three times is shown as three times $0.00 and $0.01 together; $1.10 and $2.20 need nothing.
  const view = { by: [], columns, rows: [['a', '', 0.004, 1.1], ['b', '', 0.004, 2.2], ['c', '', 0.004, null]], idleRows: [], total: ['Total', '', 0.012, 3.3], rowCount: 3 } as unknown as View;
  expect([...roundings(new Table(view), ['total_cost', 'cpu_cost'], 1, format)]).toEqual([['total_cost', 0.01]]);
});

test('idle is a row too, and a rate is rounded as it is shown', () => {
  const view = { by: [], columns, rows: [['a', '', 0.5, 0]], idleRows: [['idle', 'idle', 0.5, 0]], total: ['Total', '', 1, 0], rowCount: 1 } as unknown as View;
  // A third of 0.5 is 0.17 as shown, twice 0.34; a third of 1 is 0.33.
  expect([...roundings(new Table(view), ['total_cost'], 1 / 3, format)]).toEqual([['total_cost', -0.01]]);
});
