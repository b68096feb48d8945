/** What the overview asks. Every panel has its own questions, so that one that fails leaves the others alone. */
import { useMemo } from 'react';

import { hoursGoneBy } from '../../components/windows';
import { printFilter, Table, useMeta, useSmallView, type Parameters, type Search, type View } from '../../data';
import { byNode, COLUMNS } from '../efficiency/waste';
import { marksOf, type Mark } from './marks';
import { moversOf, MOVER_COLUMNS, type Mover } from './movers';
import { comparable, costOf, daysOf, runRate, wholeDays, windowOf, type Compared, type Period, type Rate } from './periods';

const MOST = 20_000;
export const SHOWN = 7;
/** As many days as are looked through for periods that can be compared: two months. */
const DAYS = '63d';
/** Workloads that are compared, of either period: what comes after so many is too small to be among the largest changes. */
const DEAREST = 5000;
const once = { step: 'all', compare: 'none', trend: false, limit: MOST } as const;
const asked = ({ window, zone }: Search): Parameters => ({ window, zone });

/** Cost by day, and the dearest of a group. */
export const useSpend = (search: Search) =>
  useSmallView('/allocation/view', { ...asked(search), agg: search.agg, step: 'auto', limit: SHOWN, top: SHOWN, columns: 'total_cost', trend: false });

export const CLUSTER_COLUMNS = 'total_cost,partial,efficiency,unpriced_hours';

/** Every cluster with its idle: the headline is their total. */
export const useClusterCosts = (search: Search) =>
  useSmallView('/allocation/view', { ...asked(search), agg: 'cluster', idleRows: 'cluster', step: 'auto', columns: CLUSTER_COLUMNS });

export interface Pace {
  rate: Rate | null;
  compared: Compared | null;
  /** The last whole days, at most seven: what is told per month is taken from these. */
  recent: Period | null;
}

/** How fast money goes now, and which two periods can be compared. */
export function usePace(search: Search) {
  const meta = useMeta();
  const days = useSmallView('/allocation/view', { zone: search.zone, window: DAYS, agg: 'cluster', step: 'day', compare: 'none', columns: 'total_cost', trend: false });
  const window = useClusterCosts(search);
  const clusters = meta.data?.clusters;
  const pace = useMemo((): Pace | null => {
    if (!days.data || !window.data || !clusters) return null;
    const begins = clusters.flatMap((one) => one.first ?? []).sort();
    const [first, last] = [begins[0] ?? null, begins.at(-1) ?? null];
    const known = wholeDays(days.data, last);
    const found = known.length ? known : wholeDays(days.data, first);
    const rate = runRate(found);
    return { rate, compared: comparable(window.data, known), recent: rate?.over ?? null };
  }, [days.data, window.data, clusters]);
  return { pace, error: days.error ?? window.error, retry: () => void Promise.all([days.refetch(), window.refetch()]) };
}

/** What costs otherwise than before, and by how much everything together does. */
export function useMovers(search: Search, compared: Compared | null) {
  const common = { ...once, limit: DEAREST, zone: search.zone, agg: 'cluster,namespace,controller', idleRows: 'cluster', columns: MOVER_COLUMNS.join(',') };
  const now = useSmallView('/allocation/view', { ...common, window: compared ? windowOf(compared.now) : '' }, compared !== null);
  const before = useSmallView('/allocation/view', { ...common, window: compared ? windowOf(compared.before) : '' }, compared !== null);
  const fresh = !now.isPlaceholderData && !before.isPlaceholderData;
  const movers = useMemo((): Mover[] | null => (now.data && before.data && fresh ? moversOf(now.data, before.data) : null), [now.data, before.data, fresh]);
  return { movers, total: totalOf(now.data), before: totalOf(before.data), hours: { now: lengthOf(now.data), before: lengthOf(before.data) }, error: now.error ?? before.error, retry: () => void Promise.all([now.refetch(), before.refetch()]) };
}

/** Names that are asked for at once: beyond these, a workload is too little to be seen in the chart. */
const SEEN = 12;

/** Days of the spend of which the workloads that cost more than before say what happened. */
export function useMarks(search: Search, spend: View | undefined, movers: readonly Mover[] | null): Mark[] {
  const risers = useMemo(() => movers?.filter((one) => one.difference > 0 && one.controller.includes(':')).slice(0, SEEN) ?? [], [movers]);
  const names = [...new Set(risers.map((one) => one.controller.split(/:(.*)/s)[1] ?? ''))];
  const daily = spend?.steps.every((step) => daysOf(step) === 1) ?? false;
  const filter = printFilter([{ field: 'controllerName', operator: ':', values: names }]);
  const courses = useSmallView('/allocation/view', { ...asked(search), agg: 'cluster,namespace,controller', filter, step: 'auto', idle: 'hide', compare: 'none', columns: 'total_cost', limit: MOST }, daily && names.length > 0);
  return useMemo((): Mark[] => {
    if (!spend || !daily || !courses.data || courses.isPlaceholderData || courses.data.window.start !== spend.window.start || courses.data.steps.length !== spend.steps.length) return [];
    const over = spend.steps.findIndex((step) => step.partial);
    const totals = spend.steps.slice(0, over < 0 ? undefined : over).map((_, step) => costOf(spend, step));
    const table = new Table(courses.data);
    const keys = new Map(risers.map((one) => [one.key, one.controller.split(/:(.*)/s)[1] ?? '']));
    return marksOf(totals, table.rows.flatMap((row) => {
      const key = table.groups(row).join('\u0000');
      const name = keys.get(key);
      return name === undefined ? [] : [{ key, name, values: table.trend(row) }];
    }));
  }, [spend, daily, courses.data, courses.isPlaceholderData, risers]);
}

/** What nobody held on each node, and of which kind each node is, of a window in the API's words. */
export function useNodes(window: string, zone: string, enabled = true) {
  const columns = 'total_cost,cpu_cost,ram_cost,gpu_cost,reserved_cost,cpu_core_hours_held,cpu_core_hours_used,ram_gib_hours_held,ram_gib_hours_used,gpu_card_hours_held';
  const load = useSmallView('/allocation/view', { ...once, window, zone, agg: 'cluster,node', idleRows: 'node', columns }, enabled);
  const kinds = useSmallView('/assets/view', { ...once, window, zone, agg: 'cluster,asset,instanceType', filter: 'assetType:"node"', columns: 'total_cost,asset_hours' }, enabled);
  return {
    load: useMemo(() => (load.data ? new Table(load.data) : null), [load.data]),
    kinds: useMemo(() => (kinds.data ? new Table(kinds.data) : null), [kinds.data]),
    error: load.error ?? kinds.error,
    retry: () => void Promise.all([load.refetch(), kinds.refetch()]),
  };
}

/** Workloads told apart by node (a core has one price there), and what nobody mounts, of the last whole days. */
export function useWorkloads(recent: Period | null, zone: string) {
  const window = recent ? windowOf(recent) : '';
  const workloads = useSmallView('/allocation/view', { ...once, window, zone, agg: byNode('cluster,namespace,controller'), idle: 'hide', columns: `${COLUMNS},gpu_cost,gpu_card_hours_held` }, recent !== null);
  const kinds = useSmallView('/allocation/view', { ...once, window, zone, agg: 'cluster,namespace,kind', idle: 'hide', columns: 'total_cost,storage_cost,load_balancer_cost' }, recent !== null);
  return {
    workloads: useMemo(() => (workloads.data ? new Table(workloads.data) : null), [workloads.data]),
    kinds: useMemo(() => (kinds.data ? new Table(kinds.data) : null), [kinds.data]),
    error: workloads.error ?? kinds.error,
    retry: () => void Promise.all([workloads.refetch(), kinds.refetch()]),
  };
}

/** Hours of which data are there. */
const lengthOf = (view: View | undefined): number => (view ? hoursGoneBy(view.window.start, view.window.end, view.asOf) : 0);

function totalOf(view: View | undefined): number | null {
  if (!view) return null;
  const table = new Table(view);
  return table.number(table.total, 'total_cost');
}
