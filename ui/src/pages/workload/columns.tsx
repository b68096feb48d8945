/** The columns of pods, containers or nodes of a workload. */
import type { ColumnSpec } from '../../components/DataTable';
import { Efficiency, Money } from '../../components/figures';
import type { Row, Table } from '../../data';
import { nameOf, titleOf, type Format } from '../../format';

export const COLUMNS =
  'total_cost,cpu_cost,ram_cost,gpu_cost,storage_cost,load_balancer_cost,network_cost,shared_cost,idle_cost,partial,cpu_efficiency,ram_efficiency,cpu_core_hours_requested,cpu_core_hours_used,cpu_core_hours_held,ram_gib_hours_requested,ram_gib_hours_used,ram_gib_hours_held,gpu_card_hours_held,minutes';

const COSTS = ['cpu_cost', 'ram_cost', 'gpu_cost', 'storage_cost', 'load_balancer_cost', 'network_cost', 'shared_cost', 'idle_cost'];
const GIB = 1024 ** 3;

/** Beside costs, the columns in which the total of all says something. An average life of all together says nothing. */
export const OF_ALL: ReadonlySet<string> = new Set(['cpu_efficiency', 'ram_efficiency']);

const GROUPS: Record<string, readonly string[]> = { pod: ['pod', 'node'], container: ['container', 'pod', 'node'], node: ['node'] };

export function columnsOf(table: Table, by: string, format: Format, onOpen: (row: Row) => void): ColumnSpec<Row>[] {
  const clusters = new Set(table.rows.map((row) => table.text(row, 'cluster')));
  const groups = [...(GROUPS[by] ?? ['pod', 'node']), ...(clusters.size > 1 ? ['cluster'] : [])];
  const bytes = (value: number): string => format.bytes(value * GIB);
  return [
    ...groups.slice(0, 1).map((group) => name(table, group, onOpen)),
    money(table, 'total_cost', 108, true),
    average(table, format, 'cpu_core_hours_requested', 'CPU requested', (value) => format.cores(value)),
    average(table, format, 'cpu_core_hours_used', 'CPU used', (value) => format.cores(value)),
    ratio(table, 'cpu_efficiency'),
    average(table, format, 'ram_gib_hours_requested', 'RAM requested', bytes),
    average(table, format, 'ram_gib_hours_used', 'RAM used', bytes),
    ratio(table, 'ram_efficiency'),
    {
      id: 'minutes', title: 'Ran', doc: 'from the first to the last moment in the window', width: 104, align: 'right', sortable: true,
      cell: (row) => { const minutes = table.number(row, 'minutes'); return <span className="num">{format.duration(minutes === null ? null : minutes * 60)}</span>; },
    },
    ...groups.slice(1).map((group): ColumnSpec<Row> => ({
      id: group, title: titleOf(group), width: group === 'cluster' ? 120 : 230, sortable: true,
      cell: (row) => <span className="truncate" title={table.text(row, group)}>{nameOf(table.text(row, group), group)}</span>,
    })),
    ...COSTS.filter((id) => table.filled(id)).map((id) => money(table, id, 96)),
    ...(table.filled('gpu_card_hours_held') ? [{ id: 'gpu_card_hours_held', title: 'GPU held', width: 108, align: 'right' as const, sortable: true, cell: (row: Row) => <span className="num">{format.quantity(table.number(row, 'gpu_card_hours_held'), 'card·h')}</span> }] : []),
  ];
}

const name = (table: Table, group: string, onOpen: (row: Row) => void): ColumnSpec<Row> => ({
  id: group, title: titleOf(group), width: 250, sortable: true,
  cell: (row) => (
    <button type="button" tabIndex={-1} className="min-w-6 truncate text-left underline-offset-2 hover:text-accent hover:underline" title={table.text(row, group)} onClick={() => onOpen(row)}>
      {nameOf(table.text(row, group), group)}
    </button>
  ),
});

const money = (table: Table, id: string, width: number, strong = false): ColumnSpec<Row> => ({
  id, title: titleOf(id), width, align: 'right', sortable: true, ...(table.column(id)?.doc ? { doc: table.column(id)?.doc ?? '' } : {}),
  cell: (row) => (
    <span className="flex items-center gap-1.5">
      {strong && table.flag(row, 'partial') && <span className="tag tag-warn" title="Something in here has no price: it is not in this sum">+ unpriced</span>}
      <Money value={table.number(row, id)} strong={strong} />
    </span>
  ),
});

const ratio = (table: Table, id: string): ColumnSpec<Row> => ({ id, title: 'Efficiency', doc: titleOf(id), width: 108, align: 'right', sortable: true, cell: (row) => <Efficiency value={table.number(row, id)} /> });

/** A quantity over the time that the row was there. */
const average = (table: Table, format: Format, id: string, title: string, text: (value: number) => string): ColumnSpec<Row> => ({
  id, title, doc: 'on average, while it ran', width: 108, align: 'right', sortable: false,
  cell: (row) => {
    // Where nothing was held, nothing was used: that is known.
    const nothing = table.number(row, id.replace(/_(requested|used)$/, '_held')) === 0;
    const [value, minutes] = [nothing ? 0 : table.number(row, id), table.number(row, 'minutes')];
    return <span className={`num ${value ? '' : 'text-ink3'}`}>{value === null || !minutes ? format.cores(null) : value === 0 ? '–' : text(value / (minutes / 60))}</span>;
  },
});
