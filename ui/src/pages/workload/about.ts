/** Which workload a filter is about, and the way to it. */
import { parseFilter, printFilter, type Patch, type Table, type Term } from '../../data';
import { titleOf } from '../../format';

export interface About {
  /** The innermost thing that the filter names, else the last that it keeps; empty: it names none. */
  name: string;
  kind: string;
  clusters: readonly string[];
  namespaces: readonly string[];
  controllers: readonly string[];
  /** Whether the filter keeps one pod. */
  pod: boolean;
  container: boolean;
}

const INNERMOST = ['container', 'pod', 'controllerName'] as const;

const only = (terms: readonly Term[], field: string): string =>
  terms.flatMap((term) => (term.field === field && term.operator === ':' && term.values.length === 1 ? term.values : [])).at(-1) ?? '';

/** From the filter what it names, from the view where that was found. */
export function aboutOf(filter: string, table: Table | null): About {
  const terms = parseFilter(filter) ?? [];
  const last = terms.findLast((term) => term.operator === ':' && term.values.length === 1);
  const field = INNERMOST.find((one) => only(terms, one) !== '') ?? last?.field;
  const controllers = values(table, 'controller');
  const kind = field === 'controllerName' ? only(terms, 'controllerKind') || (controllers.length === 1 ? (controllers[0]?.split(':')[0] ?? '') : '') : kindOf(field ?? '');
  return {
    name: field ? only(terms, field) : '', kind, controllers,
    clusters: values(table, 'cluster'), namespaces: values(table, 'namespace'),
    pod: only(terms, 'pod') !== '', container: only(terms, 'container') !== '',
  };
}

/** `label[team]` is a `label team`. */
const kindOf = (field: string): string => titleOf(field.replace(/\[(.+)\]$/, ':$1')).toLowerCase();

export interface Step {
  title: string;
  /** What kind of thing it is. */
  kind: string;
  to: '/allocations' | '/workload';
  search: Patch;
}

/** From the cluster down to what the filter keeps, without that itself; only as far as each is one. */
export const stepsOf = (about: About): Step[] => allSteps(about).filter((step) => step.title !== about.name || step.kind !== about.kind);

function allSteps(about: About): Step[] {
  const found: Step[] = [];
  const terms: Term[] = [];
  const one = (field: string, value: string): void => void terms.push({ field, operator: ':', values: [value] });
  if (about.clusters.length !== 1) return found;
  const cluster = about.clusters[0] ?? '';
  one('cluster', cluster);
  found.push({ title: cluster, kind: 'cluster', to: '/allocations', search: { agg: 'namespace', filter: printFilter(terms) } });
  if (about.namespaces.length !== 1) return found;
  const namespace = about.namespaces[0] ?? '';
  one('namespace', namespace);
  found.push({ title: namespace, kind: 'namespace', to: '/allocations', search: { agg: 'controller', filter: printFilter(terms) } });
  const [kind = '', ...name] = about.controllers.length === 1 ? (about.controllers[0] ?? '').split(':') : [];
  if (!about.pod || !name.length) return found;
  one('controllerKind', kind);
  one('controllerName', name.join(':'));
  found.push({ title: name.join(':'), kind, to: '/workload', search: { filter: printFilter(terms) } });
  return found;
}

function values(table: Table | null, group: string): string[] {
  if (!table) return [];
  return [...new Set(table.rows.map((row) => table.text(row, group)))].filter((value) => value && !value.startsWith('__'));
}
