/** The columns of the table: what each is called, how wide it is and what stands in its cells. */
import type { ColumnSpec } from '../../components/DataTable';
import { ChangeOf, Efficiency, Money, Spark } from '../../components/figures';
import { Name } from '../../components/Name';
import type { Row, Table } from '../../data';
import { nameOf, titleOf, type Format } from '../../format';
import type { ReactNode } from 'react';

/** In this order where nothing else was chosen; a column in which nothing stands is left out. */
const USUAL = [
  'total_cost', 'change', 'trend', 'share', 'efficiency', 'cpu_cost', 'ram_cost', 'gpu_cost', 'storage_cost', 'network_cost', 'load_balancer_cost',
  'management_cost', 'shared_cost', 'idle_cost',
];
const ALWAYS = ['total_cost', 'change', 'trend', 'share', 'efficiency'];
const MONEY_WIDTH = 92;

interface Wish {
  table: Table;
  format: Format;
  /** What a sum is multiplied by. */
  factor: number;
  /** Columns, without the groups. */
  shown: readonly string[];
  swatch: (row: Row) => ReactNode;
  onOpen?: ((row: Row) => void) | undefined;
  menu: (row: Row) => ReactNode;
}

/** Every column that may be chosen. */
export const choosable = (table: Table): { id: string; title: string }[] =>
  [...table.view.columns.filter((column) => ['money', 'ratio', 'quantity', 'trend'].includes(column.kind)).map((column) => column.name), 'share']
    .filter((id) => id !== 'previous_cost' || table.has('previous_cost'))
    .map((id) => ({ id, title: titleOf(id) }));

/** The columns that are shown, without the groups. */
export function shownColumns(table: Table, chosen: readonly string[] | null, compared: boolean): string[] {
  const there = (id: string): boolean => id === 'share' || table.has(id);
  if (chosen) return chosen.filter(there);
  return USUAL.filter((id) => there(id) && (compared || id !== 'change') && (ALWAYS.includes(id) || table.filled(id)));
}

export function columnsOf(wish: Wish): ColumnSpec<Row>[] {
  return [...groupColumns(wish), ...wish.shown.map((id) => measuredColumn(id, wish))];
}

function groupColumns({ table, swatch, onOpen, menu }: Wish): ColumnSpec<Row>[] {
  const groups = table.view.by.length ? table.view.by : ['name'];
  return groups.map((group, place) => ({
    id: groups.length === 1 ? 'name' : group,
    title: titleOf(group === 'name' ? 'all' : group),
    width: place === 0 ? 230 : 210,
    sortable: true,
    cell: (row) => {
      const value = groups.length === 1 ? row.name : table.text(row, group);
      const name = nameOf(value, group);
      return (
        <span className="group/name flex w-full min-w-0 items-center gap-2">
          {place === 0 && swatch(row)}
          {row.idle ? (
            place === 0 && <em className="truncate text-ink2">{nameOf('__idle__')}</em>
          ) : place === groups.length - 1 && onOpen && row !== table.total ? (
            <button type="button" tabIndex={-1} className="min-w-6 truncate text-left hover:text-accent hover:underline underline-offset-2" title={name} onClick={() => onOpen(row)}>
              <Name value={value} group={group} />
            </button>
          ) : (
            <span className="truncate" title={name}>
              <Name value={value} group={group} />
            </span>
          )}
          {place === groups.length - 1 && <span className="ml-auto shrink-0">{menu(row)}</span>}
        </span>
      );
    },
  }));
}

function measuredColumn(id: string, { table, format, factor }: Wish): ColumnSpec<Row> {
  const column = table.column(id);
  const base = { id, title: titleOf(id), ...(column?.doc ? { doc: column.doc } : {}), align: 'right' as const, sortable: id !== 'share' && column?.kind !== 'trend' };
  const number = (row: Row): number | null => table.number(row, id);
  const scaled = (row: Row): number | null => {
    const value = number(row);
    return value === null ? null : value * factor;
  };
  switch (id) {
    case 'total_cost':
      return { ...base, width: 128, explains: true, cell: (row) => <Total row={row} table={table} value={scaled(row)} /> };
    case 'change':
      return { ...base, width: 84, cell: (row) => <ChangeOf now={table.number(row, 'total_cost')} before={table.before(row)} /> };
    case 'trend':
      return { ...base, width: 76, sortable: false, cell: (row) => <Spark values={table.trend(row)} /> };
    case 'share': {
      const all = table.number(table.total, 'total_cost');
      return { ...base, width: 66, doc: 'part of everything shown', cell: (row) => { const own = table.number(row, 'total_cost'); return <span className="num">{format.share(own !== null && all ? own / all : null)}</span>; } };
    }
    default:
  }
  if (column?.kind === 'money') return { ...base, width: MONEY_WIDTH, explains: id !== 'previous_cost', cell: (row) => <Money value={scaled(row)} /> };
  if (column?.kind === 'ratio') return { ...base, width: 114, cell: (row) => <Efficiency value={number(row)} /> };
  return { ...base, width: 118, cell: (row) => <span className="num">{format.quantity(number(row), column?.unit ?? '')}</span> };
}

/** The cost of a row over a bar as long as its part of the dearest one; what is not whole says so. */
function Total({ row, table, value }: { row: Row; table: Table; value: number | null }) {
  const most = Math.max(...[...table.rows.slice(0, 1), ...table.idle].map((one) => table.number(one, 'total_cost') ?? 0));
  const own = table.number(row, 'total_cost');
  const width = row !== table.total && own !== null && most > 0 ? Math.min(1, own / most) * 100 : 0;
  return (
    <span className="relative flex w-full items-center justify-end">
      {width > 0 && <span aria-hidden="true" className="absolute inset-y-[-3px] right-[-4px] rounded-[3px] bg-accent-soft" style={{ width: `${width}%` }} />}
      <span className="relative flex items-center gap-1.5">
        {table.flag(row, 'partial') && (
          <span className="tag tag-warn" title="Something in here has no price: it is not in this sum">
            + unpriced
          </span>
        )}
        <Money value={value} strong />
      </span>
    </span>
  );
}
