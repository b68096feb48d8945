/** Idle by node: where machines are too large, or too many. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

import { DataTable, type ColumnSpec, type PinnedRow } from '../../components/DataTable';
import { Money } from '../../components/figures';
import { Panel } from '../../components/Page';
import { Failed, Message, Skeleton } from '../../components/states';
import { printFilter, Table, type Search } from '../../data';
import { useFormat, type Format } from '../../format';
import { LoadBar } from '../infrastructure/Load';
import { assetKey } from '../infrastructure/groups';
import { tableHeight } from './height';
import { idleNodesOf, type IdleNode } from './idleNodes';
import { useNodeView } from './questions';

export function IdleNodes({ search, factor, per }: { search: Search; factor: number; per: string }) {
  const format = useFormat();
  const navigate = useNavigate();
  const view = useNodeView(search);
  const nodes = useMemo(() => (view.data ? idleNodesOf(new Table(view.data)) : []), [view.data]);
  const open = ({ cluster, node }: IdleNode): void => {
    const filter = printFilter([{ field: 'cluster', operator: ':', values: [cluster] }, { field: 'assetType', operator: ':', values: ['Node'] }]);
    void navigate({ to: '/infrastructure', search: { window: search.window, zone: search.zone, agg: 'asset', filter, open: assetKey(cluster, node) } });
  };
  const columns = useMemo(() => columnsOf(format, factor), [format, factor]);
  const idle = nodes.reduce((sum, one) => sum + (one.idle ?? 0), 0);
  const pinned: PinnedRow<IdleNode>[] = nodes[0] ? [
    {
      key: 'total', row: nodes[0], tone: 'total',
      title: <span>Total <span className="font-normal text-ink3">· {format.whole(nodes.length)} {nodes.length === 1 ? 'node' : 'nodes'}</span></span>,
      cells: (id) => (id === 'idle' ? <Money value={idle * factor} strong /> : null),
    },
  ] : [];
  return (
    <Panel className="min-h-0" style={{ height: tableHeight(view.data ? nodes.length : 10, 460) }} title="Idle by node" aside={`What nobody held${per && `,${per}`}${search.filter ? ', on nodes of what is filtered' : ''}`}>
      {view.isError && !view.data ? (
        <Failed error={view.error} retry={() => void view.refetch()} what="Idle by node" />
      ) : !view.data ? (
        <Skeleton chart={false} rows={10} />
      ) : !nodes.length ? (
        <Message title={view.data.rowCount ? 'Nothing was idle here' : 'No node is in this'}>{view.data.rowCount ? 'Of the nodes in this window everything was held.' : 'Nothing that is asked for ran on a node in this window.'}</Message>
      ) : (
        <div className={`flex min-h-0 flex-1 flex-col ${view.isPlaceholderData ? 'opacity-50' : ''}`}>
          <DataTable label="Idle by node" columns={columns} rows={nodes} count={nodes.length} keyOf={(row) => row.key} sort="-idle" onSort={() => undefined} pinned={pinned} onOpen={open} />
        </div>
      )}
    </Panel>
  );
}

function columnsOf(format: Format, factor: number): ColumnSpec<IdleNode>[] {
  const nothing = <span className="text-ink3">–</span>;
  const doc = 'of its capacity: held by pods, then used by them, averages over the window';
  return [
    { id: 'node', title: 'Node', width: 270, cell: (row) => <span className="truncate" title={row.node}>{row.node}</span> },
    { id: 'cluster', title: 'Cluster', width: 120, cell: (row) => <span className="truncate">{row.cluster}</span> },
    { id: 'idle', title: 'Idle', doc: 'cost of what nobody held', width: 110, align: 'right', cell: (row) => <Money value={row.idle === null ? null : row.idle * factor} strong /> },
    { id: 'part', title: 'Of its cost', doc: 'idle, of what the node cost', width: 92, align: 'right', cell: (row) => <span className="num">{format.share(row.idle !== null && row.cost ? row.idle / row.cost : null)}</span> },
    { id: 'reserved', title: 'Reserved', doc: 'of idle, what the system keeps for itself', width: 92, align: 'right', cell: (row) => <Money value={row.reserved * factor} /> },
    { id: 'cpu', title: 'CPU held · used', doc, width: 172, align: 'right', cell: (row) => <LoadBar load={row.cpu} what="CPU" /> },
    { id: 'ram', title: 'RAM held · used', doc, width: 172, align: 'right', cell: (row) => <LoadBar load={row.ram} what="RAM" /> },
    { id: 'gpu', title: 'GPU held', doc: 'of its cards', width: 92, align: 'right', cell: ({ gpu }) => (gpu.held + gpu.idle > 0 ? <span className="num">{format.share(gpu.held / (gpu.held + gpu.idle))}</span> : nothing) },
  ];
}
