import { expect, it } from 'vitest';

import type { Schemas } from '../data';
import { together } from './Explain';

const part = (cost: number | null): Schemas['PartModel'] => ({ resource: 'cpu', kind: 'held', cost, quantity: null, price: null, reason: '', cure: '', factorNote: '', assets: 1 });
const mark = (name: string, cost: number): Schemas['MarkModel'] => ({ name, doc: '', cure: '', rows: 2, cost, guess: false });
const explanation = (patch: Partial<Schemas['Explanation']>): Schemas['Explanation'] => ({
  window: { start: '2026-11-01T00:00:00Z', end: '2026-11-02T00:00:00Z' },
  zone: 'UTC', asOf: '2026-11-02T00:00:00Z', partial: false, of: 'total', special: '', total: 0, parts: [], marks: [], unpriced: [], notes: [], version: '1', ...patch,
});

it('takes rows and the idle beside them together: sums, parts by cost, each mark once', () => {
  const lack = { resource: 'gpu', reason: 'no rule', cure: 'a rule', assets: 3 };
  const note = { level: 'info', cluster: 'a', text: 'late', cure: '' };
  const found = together(
    explanation({ total: 5, parts: [part(4), part(1), part(null)], marks: [mark('gap', 1), mark('inferred', 3)], unpriced: [lack] }),
    explanation({ total: 2.5, special: 'idle', parts: [part(2.5)], marks: [mark('gap', 4)], unpriced: [{ ...lack, assets: 2 }], notes: [note] }),
  );
  expect(found.total).toBe(7.5);
  expect(found.parts.map((one) => one.cost)).toEqual([4, 2.5, 1, null]);
  expect(found.marks.map((one) => [one.name, one.cost, one.rows])).toEqual([['gap', 5, 4], ['inferred', 3, 2]]);
  expect(found.unpriced).toEqual([lack]);
  expect(found.notes).toEqual([note]);
});

it('knows what one side knows', () => {
  expect(together(explanation({ total: null }), explanation({ total: 2 })).total).toBe(2);
  expect(together(explanation({ total: null }), explanation({ total: null })).total).toBeNull();
});
