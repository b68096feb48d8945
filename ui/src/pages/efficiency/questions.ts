/** What the page asks: groups told apart by node, their share of idle, and idle by node. */
import { useMemo } from 'react';

import { Table, useSmallView, type Parameters, type Search } from '../../data';
import { byNode, COLUMNS, ofPlaces, together, wasteOf, type Waste } from './waste';

const MOST = 20_000;

const common = ({ window, zone, filter }: Search): Parameters => ({ window, zone, filter, step: 'all', compare: 'none', trend: false, limit: MOST });

export interface Found {
  rows: readonly Waste[];
  all: Waste;
  /** Idle on nodes where nobody was that could receive it. */
  unreceived: number;
  /** All that is shown: own costs and idle. */
  total: number | null;
  window: { start: string; end: string };
  asOf: string;
  partial: boolean;
  /** Too many to tell apart by node: waste is priced at each row's mean price. */
  coarse: boolean;
  /** Too many rows: these are the dearest of so many; else null. */
  of: number | null;
}

/** Waste by group, with what is loading and what failed. */
export function useWaste(search: Search) {
  const fine = useSmallView('/allocation/view', { ...common(search), agg: byNode(search.agg), idle: 'separate', idleRows: 'node', columns: COLUMNS });
  const places = ofPlaces(search.agg);
  const many = typeof fine.data?.nextCursor === 'string' && !places;
  const plain = useSmallView('/allocation/view', { ...common(search), agg: search.agg, idle: 'separate', columns: COLUMNS }, many);
  const shares = useSmallView('/allocation/view', { ...common(search), agg: search.agg, idle: 'share', idleBy: search.idleBy, columns: 'total_cost,idle_cost' }, !places);
  const view = many ? plain : fine;
  const data = view.data;
  const shared = places ? undefined : shares.data;
  const found = useMemo((): Found | null => {
    if (!data) return null;
    const table = new Table(data);
    const received = shared ? new Table(shared) : null;
    const rows = wasteOf(table, search.agg, received ? sharesOf(received) : null);
    const unreceived = received ? sum(received.idle.map((row) => received.number(row, 'total_cost'))) : 0;
    const idle = places ? sum(table.idle.map((row) => table.number(row, 'total_cost'))) : received ? (received.number(received.total, 'idle_cost') ?? 0) + unreceived : null;
    const all = together(rows, idle);
    const whole = all.cost === null && idle === null ? null : (all.cost ?? 0) + (idle ?? 0);
    return {
      rows, all, unreceived, total: whole, window: data.window, asOf: data.asOf, partial: data.partial, coarse: many,
      of: data.nextCursor === null ? null : data.rowCount,
    };
  }, [data, shared, search.agg, places, many]);
  const asked = [fine, ...(many ? [plain] : []), ...(places ? [] : [shares])];
  return {
    found,
    error: asked.find((one) => one.error)?.error ?? null,
    pending: asked.some((one) => one.isPending),
    stale: asked.some((one) => one.isPlaceholderData),
    retry: () => asked.forEach((one) => void one.refetch()),
  };
}

const NODE_COLUMNS =
  'total_cost,cpu_cost,ram_cost,gpu_cost,reserved_cost,cpu_core_hours_held,cpu_core_hours_used,ram_gib_hours_held,ram_gib_hours_used,gpu_card_hours_held';

/** What was held and what was idle on each node. */
export const useNodeView = (search: Search) =>
  useSmallView('/allocation/view', { ...common(search), agg: 'cluster,node', idle: 'separate', idleRows: 'node', columns: NODE_COLUMNS });

function sharesOf(table: Table): ReadonlyMap<string, number | null> {
  return new Map(table.rows.map((row) => [table.groups(row).join('/'), table.number(row, 'idle_cost')]));
}

const sum = (values: readonly (number | null)[]): number => values.reduce<number>((all, value) => all + (value ?? 0), 0);
