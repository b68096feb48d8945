/** What the workload consists of: pods, containers, or the nodes it ran on. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

import { Choose, type Choice } from '../../components/Choose';
import { DataTable, type PinnedRow } from '../../components/DataTable';
import { Find } from '../../components/Find';
import { Panel } from '../../components/Page';
import { Failed, Skeleton } from '../../components/states';
import { trailingRows } from '../../components/trailing';
import { fetchMore, joined, type Row, type Search, type SetSearch, Table, termsOf, useView } from '../../data';
import { titleOf, useFormat } from '../../format';
import { assetKey } from '../infrastructure/groups';
import { columnsOf, COLUMNS, OF_ALL } from './columns';
import { question } from './questions';

const CHOICES: readonly Choice[] = [
  { value: 'pod', title: 'Pods' },
  { value: 'container', title: 'Containers' },
  { value: 'node', title: 'Nodes' },
];
const ASKED: Record<string, string> = { pod: 'pod,cluster,node', container: 'container,pod,cluster,node', node: 'node,cluster' };
const ROW = 30;
const HEADS = 38 + 47 + 33 + 33 + 4;
const LEAST = 260;
const MOST = 520;

export function Pods({ search, set, by }: { search: Search; set: SetSearch; by: string }) {
  const format = useFormat();
  const navigate = useNavigate();
  const view = useView('/allocation/view', { ...question(search), agg: ASKED[by] ?? 'pod,cluster,node', step: 'all', compare: 'none', sort: search.sort, q: search.q, columns: COLUMNS });
  const pages = view.data?.pages;
  const table = useMemo(() => (pages?.[0] ? new Table(pages[0], pages.map((page) => page.rows)) : null), [pages]);
  const open = (row: Row): void => {
    if (!table) return;
    const { window, zone } = search;
    if (by === 'node') {
      const cluster = table.text(row, 'cluster');
      void navigate({ to: '/infrastructure', search: { window, zone, agg: 'asset', open: assetKey(cluster, table.text(row, 'node')) } });
      return;
    }
    const fields = by === 'container' ? ['pod', 'container'] : ['pod'];
    const terms = fields.flatMap((field) => termsOf(field, table.text(row, field)));
    set({ filter: joined(search.filter, terms), agg: '', q: '', sort: '-total_cost' });
  };
  const columns = table ? columnsOf(table, by, format, open) : [];
  const pinned: PinnedRow<Row>[] = table ? [
    {
      key: 'total', row: table.total, tone: 'total',
      title: <span>Total <span className="font-normal text-ink3">· {format.whole(table.view.rowCount)} {table.view.rowCount === 1 ? 'row' : 'rows'}</span></span>,
      cells: (id) => (OF_ALL.has(id) || table.column(id)?.kind === 'money' ? columns.find((column) => column.id === id)?.cell(table.total) : null),
    },
  ] : [];
  const height = table ? Math.max(LEAST, Math.min(MOST, HEADS + (table.view.rowCount + 1) * ROW)) : MOST;
  const title = CHOICES.find((choice) => choice.value === by)?.title ?? 'Pods';
  return (
    <Panel title={title} aside="Averages over the life of each" style={{ height }}>
      {view.isError && !table ? (
        <Failed error={view.error} retry={() => void view.refetch()} what={title} />
      ) : !table ? (
        <Skeleton chart={false} rows={10} />
      ) : (
        <div className={`flex min-h-0 flex-1 flex-col ${view.isPlaceholderData ? 'opacity-50' : ''}`} aria-busy={view.isPlaceholderData}>
          <div className="flex flex-wrap items-center gap-2 px-2.5 py-2">
            <Find what={titleOf(by).toLowerCase()} value={search.q} onFind={(q) => set({ q }, { replace: true })} />
            <Choose label="by" value={by} choices={CHOICES} onChoose={(agg) => set({ agg, q: '', sort: '-total_cost' })} />
          </div>
          <DataTable
            label={title} columns={columns} rows={table.rows} count={table.view.rowCount} keyOf={(row) => row.name} sort={search.sort}
            onSort={(sort) => set({ sort }, { replace: true })} pinned={pinned} onOpen={open}
            trailing={trailingRows(table, columns.map((column) => column.id), 1, format, search.q !== '')}
            onEnd={() => fetchMore(view)}
          />
          {table.rows.length === 0 && <p className="p-4 text-center text-sm text-ink2">{search.q ? `No name contains “${search.q}”.` : 'Nothing was running in this window.'}</p>}
        </div>
      )}
    </Panel>
  );
}
