/** What assets are grouped by, and from a group to what is in it. */
import { joined, printFilter, type Patch, type Row, type Search, type Table, type Term } from '../../data';
import { UNDEFINED } from './words';

/** What is told of every asset where assets themselves are listed. */
export const FACTS = ['cluster', 'type', 'instanceType', 'lifecycle', 'storageClass', 'namespace'] as const;

/** Filters of the API by group. Lifecycle, storage class and the claim's namespace have none. */
const FIELDS: Record<string, string> = {
  asset: 'name',
  type: 'assetType',
  category: 'category',
  cluster: 'cluster',
  provider: 'provider',
  providerID: 'providerID',
  account: 'account',
  project: 'project',
  service: 'service',
  instanceType: 'label[node.kubernetes.io/instance-type]',
  region: 'label[topology.kubernetes.io/region]',
  zone: 'label[topology.kubernetes.io/zone]',
};

const parts = (agg: string): string[] => agg.split(',').filter(Boolean);

export const listsAssets = (agg: string): boolean => parts(agg).includes('asset');

/** What the API is asked to group by: beside assets also what is told of them, which makes no more rows. */
export const askedGroups = (agg: string): string =>
  listsAssets(agg) ? [...parts(agg), ...FACTS.filter((fact) => !parts(agg).includes(fact))].join(',') : agg;

/** The filter term that keeps a value of a group; null where the API has none. */
export function termOf(group: string, value: string): Term | null {
  const label = /^label:(.+)$/.exec(group);
  const field = label ? `label[${label[1] ?? ''}]` : FIELDS[group];
  if (field === undefined) return null;
  return { field, operator: ':', values: [value === UNDEFINED ? '__unallocated__' : value] };
}

/** Into a row: its assets. What no filter can say stays a group, and is found by its name. */
export function into(table: Table, row: Row, search: Pick<Search, 'agg' | 'filter'>): Patch {
  const groups = parts(search.agg).filter((group) => table.has(group));
  if (!groups.length) return { agg: 'type', q: '', sort: '-total_cost', off: '' };
  const terms: Term[] = [];
  const kept: string[] = [];
  const found: string[] = [];
  for (const group of groups) {
    const value = table.text(row, group);
    const term = termOf(group, value);
    if (term) terms.push(term);
    else {
      kept.push(group);
      found.push(value);
    }
  }
  return { agg: [...kept, 'asset'].join(','), filter: joined(search.filter, terms), q: found.length ? `${found.join('/')}/` : '', sort: '-total_cost', off: '' };
}

/** An asset's place in the address: its cluster and name. */
export const assetKey = (cluster: string, name: string): string => `${cluster}/${name}`;

export function readAssetKey(key: string): { cluster: string; name: string } | null {
  const at = key.indexOf('/');
  return at < 0 ? null : { cluster: key.slice(0, at), name: key.slice(at + 1) };
}

export const assetFilter = (cluster: string, name: string): string =>
  printFilter([{ field: 'cluster', operator: ':', values: [cluster] }, { field: 'name', operator: ':', values: [name] }]);

export const nodeFilter = (cluster: string, node: string): string =>
  printFilter([{ field: 'cluster', operator: ':', values: [cluster] }, { field: 'node', operator: ':', values: [node] }]);
