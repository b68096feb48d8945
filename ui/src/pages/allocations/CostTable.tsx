/** The chart and the table of costs in one panel: the table's squares are the chart's legend. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';

import { CostChart, type Kind } from '../../charts/CostChart';
import { hiddenSeries, toggled } from '../../charts/off';
import type { Stack } from '../../charts/stack';
import { ColumnPicker } from '../../components/ColumnPicker';
import { DataTable, type PinnedRow } from '../../components/DataTable';
import type { Explained } from '../../components/Explain';
import { Find } from '../../components/Find';
import { factorOf } from '../../components/rates';
import { CopyLink } from '../../components/SavedViews';
import { Swatch } from '../../components/Swatch';
import { trailingRows } from '../../components/trailing';
import { hoursGoneBy } from '../../components/windows';
import { allocationParameters, fetchMore, nextGroup, prefetchView, type Row, type Search, type SetSearch, type Table, type useView } from '../../data';
import { nameOf, titleOf, useFormat } from '../../format';
import { choosable, columnsOf } from './columns';
import { filterOf, opened, without } from './drill';
import { Notes } from './Notes';
import { RowMenu, type Way } from './RowMenu';

/** A cost of which is asked how it is made, and the row it stands in. */
export type Made = Explained & { row: Row };

interface Props {
  /** What was asked for what is shown. */
  search: Search;
  /** What is asked for now. */
  sort: string;
  find: string;
  set: SetSearch;
  table: Table;
  view: ReturnType<typeof useView>;
  /** Columns, without the groups. */
  shown: readonly string[];
  /** What the rows are, in words. */
  by: string;
  onExplain: (made: Made) => void;
  /** What else can be done with the table. */
  children?: ReactNode;
}

export function CostTable({ search, sort, find, set, table, view, shown, by, onExplain, children }: Props) {
  const { error, isPlaceholderData, isFetching } = view;
  const navigate = useNavigate();
  const client = useQueryClient();
  const format = useFormat();
  const [lit, setLit] = useState<string | null>(null);
  const { series, steps, window, asOf } = table.view;
  const off = useMemo(() => hiddenSeries(search.off), [search.off]);
  const factor = factorOf(search.rate, hoursGoneBy(window.start, window.end, asOf));
  const next = nextGroup(search.agg);
  // Which series a row is part of.
  const seriesOf = useCallback((row: Row): string => {
    const key = table.text(row, series.by);
    return row.idle ? 'idle' : series.keys.includes(key) ? key : 'other';
  }, [table, series]);

  const open = useCallback((row: Row) => {
    const patch = opened(table, row, search);
    if (patch) set(patch);
  }, [table, search, set]);
  const explain = useCallback((row: Row, column: string) => {
    const filter = row === table.total || row.idle ? search.filter : filterOf(table, row, search.filter);
    if (filter === null) return;
    const title = row === table.total ? 'Everything shown' : row.idle ? nameOf('__idle__') : nameOf(row.name, series.by);
    // All that is shown has its idle in it, where that has a row of its own.
    onExplain({ title, column, filter, idle: row.idle, idleToo: row === table.total && table.idle.length > 0, row });
  }, [table, search.filter, series, onExplain]);
  const narrow = useCallback((row: Row, way: typeof filterOf) => {
    const filter = row.idle ? null : way(table, row, search.filter);
    if (filter !== null) set({ filter });
  }, [table, search.filter, set]);
  const light = useCallback((row: Row | null) => {
    setLit(row && row !== table.total ? seriesOf(row) : null);
    const patch = row && row !== table.total ? opened(table, row, search) : null;
    if (patch) prefetchView(client, '/allocation/view', allocationParameters({ ...search, ...patch }));
  }, [table, seriesOf, search, client]);
  const pick = useCallback((stack: Stack) => {
    const row = stack.kind === 'top' ? table.rows.find((one) => table.text(one, series.by) === stack.key) : undefined;
    if (row) open(row);
  }, [table, series, open]);
  const onKey = useCallback((row: Row, event: KeyboardEvent) => {
    if (event.key === '+' || event.key === '=') narrow(row, filterOf);
    else if (event.key === '-') narrow(row, without);
  }, [narrow]);
  const onSort = useCallback((sort: string) => set({ sort }, { replace: true }), [set]);
  const onEnd = useCallback(() => fetchMore(view), [view]);

  const columns = useMemo(() => {
    const swatch = (row: Row) => {
      if (row === table.total) return null;
      const key = seriesOf(row);
      const rank = row.idle ? -1 : series.keys.indexOf(key);
      const toggle = search.chart === 'none' ? undefined : () => set({ off: toggled(search.off, key) }, { replace: true });
      return <Swatch rank={rank} idle={row.idle} shown={!off.has(key)} name={nameOf(row.name, series.by)} onToggle={toggle} />;
    };
    const ways = (row: Row): Way[] => [
      ...(next ? [{ title: `By ${titleOf(next).toLowerCase()}`, hint: 'Enter', go: () => open(row) }] : []),
      { title: 'How it is made', hint: 'Space', go: () => explain(row, 'total_cost') },
      { title: 'Over time, and against requests', go: () => void navigate({ to: '/workload', search: { filter: filterOf(table, row, search.filter) ?? search.filter, window: search.window, zone: search.zone } }) },
      { title: 'Only this', hint: '+', go: () => narrow(row, filterOf) },
      { title: 'Without this', hint: '−', go: () => narrow(row, without) },
      { title: 'Copy the name', go: () => void navigator.clipboard.writeText(row.name) },
    ];
    return columnsOf({
      table, format, factor, shown, swatch,
      onOpen: next ? open : undefined,
      menu: (row) => (row.idle || row === table.total || filterOf(table, row, '') === null ? null : <RowMenu name={row.name} ways={() => ways(row)} />),
    });
  }, [table, format, factor, shown, series, seriesOf, next, off, search, set, open, explain, narrow, navigate]);

  const pinned = useMemo<PinnedRow<Row>[]>(() => {
    const count = table.view.rowCount;
    const title = (
      <span>
        {search.q ? 'Total of all' : 'Total'} <span className="font-normal text-ink3">· {format.whole(count)} {count === 1 ? 'row' : 'rows'}{search.q ? ' found' : ''}</span>
      </span>
    );
    return [{ key: 'total', row: table.total, tone: 'total', title }, ...table.idle.map((row): PinnedRow<Row> => ({ key: row.name, row, tone: 'idle' }))];
  }, [table, format, search.q]);
  const trailing = useMemo(() => trailingRows(table, shown, factor, format, search.q !== ''), [table, shown, factor, format, search.q]);
  const scale = useCallback((value: number, step: number) => {
    const span = steps[step];
    return span ? value * factorOf(search.rate, hoursGoneBy(span.start, span.end, asOf)) : value;
  }, [steps, asOf, search.rate]);

  return (
    <div className={`flex min-h-0 flex-1 flex-col transition-opacity duration-150 ${isPlaceholderData ? 'opacity-60' : ''}`}>
      {search.chart !== 'none' && (
        <div className="shrink-0 border-b border-line px-1 pt-1" data-chart="">
          <CostChart view={table.view} kind={search.chart as Kind} scale={scale} factor={factor} off={off} lit={lit} onPick={pick} />
        </div>
      )}
      <div className="flex min-h-[38px] flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-2.5 py-1">
        <Find what={by} value={find} onFind={(q) => set({ q }, { replace: true })} />
        <Notes view={table.view} failed={error} />
        <span className="ml-auto text-xs text-ink3" role="status">{isFetching ? 'Updating…' : ''}</span>
        <span className="flex flex-wrap items-center gap-1.5">
          <ColumnPicker all={choosable(table)} shown={shown} onChoose={(chosen) => set({ cols: chosen ? chosen.join(',') : '' }, { replace: true })} />
          <CopyLink />
          {children}
        </span>
      </div>
      <DataTable
        label={`Costs by ${by}`}
        columns={columns}
        rows={table.rows}
        count={table.view.rowCount}
        keyOf={(row) => (row === table.total ? 'total' : `${row.idle ? 'idle:' : ''}${row.name}`)}
        sort={sort}
        onSort={onSort}
        pinned={pinned}
        trailing={trailing}
        onOpen={next ? open : undefined}
        onExplain={explain}
        onLight={light}
        onKey={onKey}
        onEnd={onEnd}
      />
      {table.rows.length === 0 && search.q && <p className="p-4 text-center text-sm text-ink2">No name contains “{search.q}”.</p>}
    </div>
  );
}
