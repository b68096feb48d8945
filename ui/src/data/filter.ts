/**
 * Filters in the API's own language, as far as the page edits them: terms joined by `+`, each a field, an operator and values.
 *
 * What is more (`|`, parentheses) is kept as it was written and edited as text.
 */
import { ApiError } from './api';

export interface Term {
  /** A field, or `label[team]`. */
  field: string;
  operator: string;
  values: string[];
}

export const OPERATORS: readonly (readonly [sign: string, words: string])[] = [
  [':', 'is'],
  ['!:', 'is not'],
  ['~:', 'contains'],
  ['!~:', 'does not contain'],
  ['<~:', 'begins with'],
  ['!<~:', 'does not begin with'],
  ['~>:', 'ends with'],
  ['!~>:', 'does not end with'],
];

const TERM = /^\s*([A-Za-z]\w*(?:\[[^\]]+\])?)\s*(!<~:|!~>:|!~:|<~:|~>:|~:|!:|:)\s*((?:"(?:[^"\\]|\\.)*"|[^\s",+|()]+)(?:\s*,\s*(?:"(?:[^"\\]|\\.)*"|[^\s",+|()]+))*)\s*/;
const VALUE = /"((?:[^"\\]|\\.)*)"|([^\s",+|()]+)/g;

/** The terms of a filter; null where it is more than terms joined by `+`. */
export function parseFilter(text: string): Term[] | null {
  const terms: Term[] = [];
  let rest = text;
  while (rest.trim()) {
    const found = TERM.exec(rest);
    if (!found) return null;
    const [all, field = '', operator = '', values = ''] = found;
    terms.push({ field, operator, values: [...values.matchAll(VALUE)].map((one) => (one[1] ?? one[2] ?? '').replace(/\\(.)/g, '$1')) });
    rest = rest.slice(all.length);
    if (!rest) break;
    if (!rest.startsWith('+') || !rest.slice(1).trim()) return null;
    rest = rest.slice(1);
  }
  return terms;
}

export const printFilter = (terms: readonly Term[]): string =>
  terms.map((term) => `${term.field}${term.operator}${term.values.map(quoted).join(',')}`).join('+');

/** The terms that keep what stands under `value` of a group; empty where no filter can say that. */
export function termsOf(group: string, value: string, operator = ':'): Term[] {
  const plain: Record<string, string> = { service: 'services', controllerKind: 'controllerKind' };
  const kinds = ['deployment', 'statefulset', 'daemonset', 'job', 'cronjob', 'replicaset', 'rollout'];
  if (group === 'controller') {
    const at = value.indexOf(':');
    if (at < 0) return value === '__unallocated__' ? [{ field: 'controllerName', operator, values: [value] }] : [];
    const name = { field: 'controllerName', operator, values: [value.slice(at + 1)] };
    return operator === ':' ? [{ field: 'controllerKind', operator, values: [value.slice(0, at)] }, name] : [name];
  }
  if (kinds.includes(group)) {
    if (value === '__unallocated__') return [];
    const name = { field: 'controllerName', operator, values: [value] };
    return operator === ':' ? [{ field: 'controllerKind', operator, values: [group] }, name] : [name];
  }
  const map = /^(label|annotation):(.+)$/.exec(group);
  if (map) return [{ field: `${map[1] ?? ''}[${map[2] ?? ''}]`, operator, values: [value] }];
  if (/^(kind|providerID|namespaceLabel|namespaceAnnotation|all)/.test(group)) return [];
  return [{ field: plain[group] ?? group, operator, values: [value] }];
}

const quoted = (value: string): string => `"${value.replace(/(["\\])/g, '\\$1')}"`;

/** `filter` and terms more; a term that is there already is not said twice. */
export function joined(filter: string, terms: readonly Term[]): string {
  const before = parseFilter(filter);
  if (!before) return `(${filter})+${printFilter(terms)}`;
  const known = new Set(before.map((term) => printFilter([term])));
  return printFilter([...before, ...terms.filter((term) => !known.has(printFilter([term])))]);
}

/** `filter` and one value more of a field: beside the values that it may have already, since nothing has two at once. */
export function orElse(filter: string, term: Term): string {
  const same = (one: Term): boolean => one.field === term.field && one.operator === ':' && term.operator === ':';
  const terms = parseFilter(filter);
  if (!terms?.some(same)) return joined(filter, [term]);
  return printFilter(terms.map((one) => (same(one) ? { ...one, values: [...new Set([...one.values, ...term.values])] } : one)));
}

/** `filter` without what it says of a field; '' where it cannot be taken apart. */
export const freeOf = (filter: string, field: string): string => printFilter((parseFilter(filter) ?? []).filter((term) => term.field !== field));

/** What the server says is wrong with a filter, and what it expected. */
export function filterProblemOf(error: Error | null): string | undefined {
  if (!(error instanceof ApiError) || error.kind !== 'BadFilter') return undefined;
  return [error.message.split('\n')[0], error.expected && `expected: ${error.expected}`].filter(Boolean).join('; ');
}
