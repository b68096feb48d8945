/** The columns of the table of assets. Those in which nothing stands are left out. */
import type { ReactNode } from 'react';

import type { ColumnSpec } from '../../components/DataTable';
import { ChangeOf, Money, Spark } from '../../components/figures';
import type { Row, Table } from '../../data';
import { nameOf, titleOf, type Format } from '../../format';
import { assetKey, FACTS, listsAssets } from './groups';
import { LoadBar } from './Load';
import type { NodeUse } from './nodes';
import { factName, UNDEFINED } from './words';

const COSTS = ['cpu_cost', 'ram_cost', 'gpu_cost', 'storage_cost', 'load_balancer_cost', 'management_cost'];
const QUANTITIES = ['assets', 'asset_hours', 'cpu_core_hours', 'ram_gib_hours', 'gpu_card_hours', 'storage_gib_hours'];
const NAMES: Record<string, string> = {
  asset_hours: 'Hours', cpu_core_hours: 'CPU capacity', ram_gib_hours: 'RAM capacity', gpu_card_hours: 'GPU capacity', storage_gib_hours: 'Size',
};

interface Wish {
  table: Table;
  format: Format;
  agg: string;
  factor: number;
  compared: boolean;
  nodes: ReadonlyMap<string, NodeUse> | null;
  swatch: (row: Row) => ReactNode;
  onOpen: (row: Row) => void;
}

export function columnsOf(wish: Wish): ColumnSpec<Row>[] {
  const { table, agg, compared } = wish;
  const groups = agg.split(',').filter((group) => table.has(group));
  const costs = COSTS.filter((id) => table.filled(id));
  const quantities = QUANTITIES.filter((id) => table.filled(id) && !(id === 'assets' && listsAssets(agg)));
  return [
    ...(groups.length ? groups : ['name']).map((group, place, all) => groupColumn(wish, group, place, all.length)),
    money(wish, 'total_cost', 120, true),
    ...(compared ? [change(wish)] : []),
    ...loads(wish),
    ...facts(wish, groups),
    trend(wish),
    share(wish),
    ...costs.map((id) => money(wish, id, 96)),
    ...quantities.map((id) => quantity(wish, id)),
  ];
}

/** Columns that describe one asset, and say nothing of all together. */
export const OF_ONE: ReadonlySet<string> = new Set([...FACTS, 'cpu_load', 'ram_load', 'idle']);

function groupColumn({ table, swatch, onOpen }: Wish, group: string, place: number, count: number): ColumnSpec<Row> {
  const name = (row: Row): string => (group === 'name' ? 'Everything' : nameOf(table.text(row, group), group));
  return {
    id: count === 1 && table.view.by.length <= 1 ? 'name' : group,
    title: group === 'name' ? 'Everything' : titleOf(group),
    width: place === 0 ? (group === 'asset' ? 320 : 240) : 190,
    sortable: true,
    cell: (row) => (
      <span className="flex min-w-0 items-center gap-2">
        {place === 0 && swatch(row)}
        {place === count - 1 ? (
          <button type="button" tabIndex={-1} className="min-w-6 truncate text-left underline-offset-2 hover:text-accent hover:underline" title={name(row)} onClick={() => onOpen(row)}>
            {name(row)}
          </button>
        ) : (
          <span className="truncate" title={name(row)}>{name(row)}</span>
        )}
      </span>
    ),
  };
}

/** What is told of each asset, as far as any has it and it is not the same group once more. */
function facts({ table, agg }: Wish, groups: readonly string[]): ColumnSpec<Row>[] {
  if (!listsAssets(agg)) return [];
  const told = FACTS.filter((fact) => !groups.includes(fact) && table.rows.some((row) => ![UNDEFINED, ''].includes(table.text(row, fact))));
  return told.map((fact) => ({
    id: fact,
    title: fact === 'namespace' ? 'Claimed in' : titleOf(fact),
    width: fact === 'instanceType' ? 128 : 112,
    sortable: true,
    cell: (row) => {
      const text = factName(table.text(row, fact), fact);
      return text ? <span className="truncate" title={text}>{text}</span> : <span className="text-ink3">–</span>;
    },
  }));
}

/** Of nodes: held and used of capacity, and what nobody held. */
function loads({ table, agg, nodes, factor }: Wish): ColumnSpec<Row>[] {
  if (!listsAssets(agg) || !nodes || !table.rows.some((row) => table.text(row, 'type') === 'Node')) return [];
  const of = (row: Row): NodeUse | undefined => (table.text(row, 'type') === 'Node' ? nodes.get(assetKey(table.text(row, 'cluster'), table.text(row, 'asset'))) : undefined);
  const nothing = <span className="text-ink3">–</span>;
  const doc = 'of its capacity: held by pods, then used by them, averages over the window';
  return [
    { id: 'cpu_load', title: 'CPU held · used', doc, width: 172, align: 'right', cell: (row) => { const use = of(row); return use ? <LoadBar load={use.cpu} what="CPU" /> : nothing; } },
    { id: 'ram_load', title: 'RAM held · used', doc, width: 172, align: 'right', cell: (row) => { const use = of(row); return use ? <LoadBar load={use.ram} what="RAM" /> : nothing; } },
    {
      id: 'idle', title: 'Idle', doc: 'cost of what nobody held', width: 92, align: 'right',
      cell: (row) => { const use = of(row); return use ? <Money value={use.idleCost === null ? null : use.idleCost * factor} /> : nothing; },
    },
  ];
}

function money({ table, factor }: Wish, id: string, width: number, strong = false): ColumnSpec<Row> {
  const doc = table.column(id)?.doc;
  return {
    id, title: titleOf(id), width, align: 'right', sortable: true, ...(doc ? { doc } : {}),
    cell: (row) => {
      const value = table.number(row, id);
      return (
        <span className="flex items-center gap-1.5">
          {strong && table.flag(row, 'partial') && <span className="tag tag-warn" title="Something in here has no price: it is not in this sum">+ unpriced</span>}
          <Money value={value === null ? null : value * factor} strong={strong} />
        </span>
      );
    },
  };
}

const change = ({ table }: Wish): ColumnSpec<Row> => ({
  id: 'change', title: titleOf('change'), width: 88, align: 'right', sortable: true, doc: 'since the period before, as long and as much of it gone by',
  cell: (row) => <ChangeOf now={table.number(row, 'total_cost')} before={table.before(row)} />,
});

const trend = ({ table }: Wish): ColumnSpec<Row> => ({ id: 'trend', title: titleOf('trend'), width: 78, align: 'right', cell: (row) => <Spark values={table.trend(row)} /> });

function share({ table, format }: Wish): ColumnSpec<Row> {
  const all = table.number(table.total, 'total_cost');
  return {
    id: 'share', title: 'Share', width: 72, align: 'right', doc: 'part of everything shown',
    cell: (row) => { const own = table.number(row, 'total_cost'); return <span className="num">{format.share(own !== null && all ? own / all : null)}</span>; },
  };
}

function quantity({ table, format }: Wish, id: string): ColumnSpec<Row> {
  const column = table.column(id);
  return {
    id, title: NAMES[id] ?? titleOf(id), width: 116, align: 'right', sortable: true, ...(column?.doc ? { doc: column.doc } : {}),
    cell: (row) => {
      const value = table.number(row, id);
      return <span className={`num ${value ? '' : 'text-ink3'}`}>{id === 'assets' ? format.whole(value) : format.quantity(value, column?.unit ?? '')}</span>;
    },
  };
}
