/** From the whole to a part: which group comes next under a row, and the way back. */
import { joined, nextGroup, parseFilter, printFilter, termsOf, type Row, type Search, type Table, type Term } from '../../data';

/** What a row leads to: its parts by the next group; null where it has none, or no filter can say it. */
export function opened(table: Table, row: Row, search: Search): Partial<Search> | null {
  const agg = nextGroup(search.agg);
  const filter = row.idle ? null : filterOf(table, row, search.filter);
  return agg && filter !== null ? { agg, filter, q: '', off: '', stack: '', sort: '-total_cost' } : null;
}

/** The filter that keeps a row under `filter`; null where no filter can say that. */
export function filterOf(table: Table, row: Row, filter: string): string | null {
  const terms: Term[] = [];
  for (const [place, value] of table.groups(row).entries()) {
    const found = termsOf(table.view.by[place] ?? '', value);
    if (!found.length) return null;
    terms.push(...found);
  }
  return joined(filter, terms);
}

/** `filter` without a row: exclusion is by the row's last group alone. */
export function without(table: Table, row: Row, filter: string): string | null {
  const group = table.view.by.at(-1) ?? '';
  const terms = termsOf(group, table.groups(row).at(-1) ?? '', '!:');
  return terms.length ? joined(filter, terms) : null;
}

export interface Crumb {
  title: string;
  patch: Pick<Search, 'agg' | 'filter'>;
}

const PATH = ['cluster', 'namespace', 'controllerName', 'pod'];
const SHOWN: Record<string, string> = { cluster: 'cluster', namespace: 'namespace', controllerName: 'controller', pod: 'pod' };

/** The way here: one crumb for each step that the filter holds, each with the view it leads to. */
export function crumbs(search: Pick<Search, 'agg' | 'filter'>): Crumb[] {
  const terms = parseFilter(search.filter);
  if (!terms) return [];
  const steps = terms.filter((term) => term.operator === ':' && term.values.length === 1 && PATH.includes(term.field));
  if (!steps.length) return [];
  const first = terms.findIndex((term) => steps.includes(term));
  const found: Crumb[] = [{ title: 'All', patch: { agg: SHOWN[steps[0]?.field ?? ''] ?? 'namespace', filter: printFilter(terms.filter((term, at) => at < first && term.field !== 'controllerKind')) } }];
  for (const step of steps) {
    const kept = terms.slice(0, terms.indexOf(step) + 1);
    const shown = SHOWN[step.field] ?? '';
    found.push({ title: step.values[0] ?? '', patch: { agg: nextGroup(shown) ?? 'namespace', filter: printFilter(kept) } });
  }
  return found;
}
