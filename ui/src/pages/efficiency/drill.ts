/** From a group that wastes to what wastes in it, down to the page of one workload. */
import { joined, nextGroup, termsOf, type Patch, type Search, type Term } from '../../data';

const WORKLOADS = ['controller', 'deployment', 'statefulset', 'daemonset', 'job', 'cronjob', 'replicaset', 'rollout', 'pod', 'container'];

export interface Way {
  to: '/efficiency' | '/workload';
  search: Patch;
}

/** Where a row leads; null where no filter can say what it is. */
export function wayInto(search: Search, groups: readonly string[]): Way | null {
  const fields = search.agg.split(',');
  const terms: Term[] = [];
  for (const [place, value] of groups.entries()) {
    const found = termsOf(fields[place] ?? '', value);
    if (!found.length) return null;
    terms.push(...found);
  }
  const filter = joined(search.filter, terms);
  const { window, zone } = search;
  if (WORKLOADS.includes(fields.at(-1) ?? '')) return { to: '/workload', search: { window, zone, filter } };
  const agg = search.agg === 'all' ? 'namespace' : nextGroup(search.agg);
  return agg ? { to: '/efficiency', search: { agg, filter, q: '', sort: '-wasted' } } : null;
}
