/** The chart and the table of assets: one panel, for the table's squares are the chart's legend. */
import { useCallback, useMemo, useState } from 'react';

import { CostChart, type Kind } from '../../charts/CostChart';
import { hiddenSeries, toggled } from '../../charts/off';
import type { Stack } from '../../charts/stack';
import { DataTable, type PinnedRow } from '../../components/DataTable';
import { Find } from '../../components/Find';
import { factorOf } from '../../components/rates';
import { Failed, NothingMatches, Skeleton } from '../../components/states';
import { Swatch } from '../../components/Swatch';
import { trailingRows } from '../../components/trailing';
import { hoursGoneBy } from '../../components/windows';
import { fetchMore, type Row, type Search, type SetSearch, type Table, type useView } from '../../data';
import { nameOf, titleOf, useFormat } from '../../format';
import { columnsOf, OF_ONE } from './columns';
import type { NodeUse } from './nodes';

interface Props {
  search: Search;
  set: SetSearch;
  table: Table | null;
  view: ReturnType<typeof useView>;
  nodes: ReadonlyMap<string, NodeUse> | null;
  onOpen: (row: Row) => void;
}

export function AssetTable({ search, set, table, view, nodes, onOpen }: Props) {
  return (
    <section className="panel mx-4 mb-4 flex min-h-[520px] min-w-0 flex-1 flex-col md:mx-5" aria-label="Assets and their cost">
      {view.isError && !table ? (
        <Failed error={view.error} retry={() => void view.refetch()} what="Assets" />
      ) : !table ? (
        <Skeleton chart={search.chart !== 'none'} />
      ) : table.view.rowCount === 0 && !search.q ? (
        <NothingMatches what={search.filter ? 'No asset in this window has all that is asked for.' : 'No asset is known of in this window.'} filtered={search.filter !== ''} clear={() => set({ filter: '' })} />
      ) : (
        <Filled search={search} set={set} table={table} view={view} nodes={nodes} onOpen={onOpen} />
      )}
    </section>
  );
}

function Filled({ search, set, table, view, nodes, onOpen }: Props & { table: Table }) {
  const format = useFormat();
  const [lit, setLit] = useState<string | null>(null);
  const off = useMemo(() => hiddenSeries(search.off), [search.off]);
  const { series, steps, asOf, window } = table.view;
  const factor = factorOf(search.rate, hoursGoneBy(window.start, window.end, asOf));
  const keyOfRow = useCallback((row: Row): string => (series.keys.includes(table.text(row, series.by)) ? table.text(row, series.by) : 'other'), [series, table]);
  const swatch = useCallback(
    (row: Row) => {
      const key = table.text(row, series.by);
      const rank = series.keys.indexOf(key);
      const toggle = (): void => set({ off: toggled(search.off, key) }, { replace: true });
      return row === table.total ? null : <Swatch rank={rank} idle={false} shown={!off.has(rank < 0 ? 'other' : key)} name={nameOf(key, series.by)} onToggle={rank < 0 ? undefined : toggle} />;
    },
    [table, series, off, search.off, set],
  );
  const columns = useMemo(
    () => columnsOf({ table, format, agg: search.agg, factor, compared: search.compare === 'previous', nodes, swatch, onOpen }),
    [table, format, search.agg, search.compare, factor, nodes, swatch, onOpen],
  );
  const scale = useCallback(
    (value: number, step: number): number => {
      const span = steps[step];
      return span ? value * factorOf(search.rate, hoursGoneBy(span.start, span.end, asOf)) : value;
    },
    [steps, asOf, search.rate],
  );
  const pick = (stack: Stack): void => {
    const row = stack.kind === 'top' ? table.rows.find((one) => table.text(one, series.by) === stack.key) : undefined;
    if (row) onOpen(row);
  };
  const pinned: PinnedRow<Row>[] = [
    {
      key: 'total',
      row: table.total,
      tone: 'total',
      title: <span>Total <span className="font-normal text-ink3">· {format.whole(table.view.rowCount)} {table.view.rowCount === 1 ? 'row' : 'rows'}</span></span>,
      cells: (id) => (OF_ONE.has(id) || search.agg.split(',').includes(id) ? null : columns.find((column) => column.id === id)?.cell(table.total)),
    },
  ];
  const unpriced = table.view.unpriced ?? [];
  const last = search.agg.split(',').at(-1) ?? '';
  return (
    <div className={`flex min-h-0 flex-1 flex-col transition-opacity ${view.isPlaceholderData ? 'opacity-50' : ''}`} aria-busy={view.isPlaceholderData}>
      {search.chart !== 'none' && (
        <div className="border-b border-line pt-1" data-chart>
          <CostChart view={table.view} kind={search.chart as Kind} scale={scale} factor={factor} off={off} lit={lit} onPick={pick} />
        </div>
      )}
      <div className="flex flex-wrap items-center gap-3 px-2.5 py-2">
        <Find what={titleOf(last).toLowerCase()} value={search.q} onFind={(q) => set({ q }, { replace: true })} />
        <p className="text-sm text-ink3">
          {table.view.partial && `* not over yet, known until ${format.moment(asOf)} ${format.zone}. `}
          {view.isError && 'The newest answer did not come; these figures are older. '}
          {unpriced.length > 0 && `Without a price: ${unpriced.map((one) => `${one.resource} of ${format.whole(one.assets)} assets`).join(', ')}. `}
        </p>
      </div>
      <DataTable
        label="Assets"
        columns={columns}
        rows={table.rows}
        count={table.view.rowCount}
        keyOf={(row) => (row === table.total ? 'total' : row.name)}
        sort={search.sort}
        onSort={(sort) => set({ sort }, { replace: true })}
        pinned={pinned}
        trailing={trailingRows(table, columns.map((column) => column.id), factor, format, search.q !== '')}
        onOpen={onOpen}
        onLight={(row) => setLit(row ? keyOfRow(row) : null)}
        onEnd={() => fetchMore(view)}
      />
      {table.rows.length === 0 && <p className="p-4 text-center text-sm text-ink2">No name contains “{search.q}”.</p>}
    </div>
  );
}
