import { expect, test } from 'vitest';

import { freeOf, joined, orElse, parseFilter, printFilter, termsOf } from './filter';

const shop = { field: 'namespace', operator: ':', values: ['shop'] };

test('a filter of terms is read and written back as it was', () => {
  const text = 'namespace:"shop","it\\"s"+label[team]!~:"gr"+pod<~:"web-"';
  const terms = parseFilter(text);
  expect(terms?.[0]).toEqual({ field: 'namespace', operator: ':', values: ['shop', 'it"s'] });
  expect(printFilter(terms ?? [])).toBe(text);
});

test('what a page cannot edit by terms is kept as text, and narrowed as a whole', () => {
  const text = 'namespace:"a"|cluster:"b"';
  expect(parseFilter(text)).toBeNull();
  expect(joined(text, [shop])).toBe(`(${text})+namespace:"shop"`);
});

test('a term that is there already is not said twice', () => {
  expect(joined('namespace:"shop"', [shop])).toBe('namespace:"shop"');
});

test('a second value of a field is an alternative, for nothing is in two namespaces; what must not be stands beside', () => {
  expect(orElse('cluster:"east"+namespace:"cart"', shop)).toBe('cluster:"east"+namespace:"cart","shop"');
  expect(orElse('namespace!:"cart"', { ...shop, operator: '!:' })).toBe('namespace!:"cart"+namespace!:"shop"');
  expect(orElse('', shop)).toBe('namespace:"shop"');
});

test('a field is asked for without what is already said of it', () => {
  expect(freeOf('cluster:"east"+namespace:"cart"', 'namespace')).toBe('cluster:"east"');
});

test('a controller is its kind and its name; no filter keeps what has only a kind', () => {
  expect(printFilter(termsOf('controller', 'deployment:web'))).toBe('controllerKind:"deployment"+controllerName:"web"');
  expect(termsOf('kind', 'container')).toEqual([]);
});
