/** The columns of ranked waste. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { Bands, BAND_ORDER, BANDS } from '../../components/Bands';
import type { ColumnSpec } from '../../components/DataTable';
import { Efficiency, Money } from '../../components/figures';
import { Name } from '../../components/Name';
import { nameOf, titleOf, type Format } from '../../format';
import { partWasted } from './rank';
import { efficiencyOf, overuse, wasted, wholeOf, type Use, type Waste } from './waste';
import { bandsOf } from './Whole';

interface Wish {
  agg: string;
  format: Format;
  factor: number;
  /** Hours that have gone by: averages are over them. */
  hours: number;
  /** Idle is of the groups themselves, not a share of it. */
  places: boolean;
  onOpen: (row: Waste) => void;
}

const GIB = 1024 ** 3;

export function columnsOf(wish: Wish): ColumnSpec<Waste>[] {
  const { format, factor, hours, places } = wish;
  const right = { align: 'right' as const, sortable: true };
  const money = (id: string, title: string, doc: string, of: (row: Waste) => number | null, strong = false): ColumnSpec<Waste> => ({
    id, title, doc, width: strong ? 116 : 104, ...right,
    cell: (row) => { const value = of(row); return <Money value={value === null ? null : value * factor} strong={strong} />; },
  });
  const average = (id: string, title: string, doc: string, of: (row: Waste) => number | null, text: (value: number) => string): ColumnSpec<Waste> => ({
    id, title, doc, width: 108, ...right,
    cell: (row) => { const value = of(row); return <span className={`num ${value ? '' : 'text-ink3'}`}>{value === null || hours <= 0 ? format.cores(null) : value === 0 ? '–' : text(value / hours)}</span>; },
  });
  const bytes = (value: number): string => format.bytes(value * GIB);
  return [
    ...names(wish),
    {
      id: 'wasted', title: 'Wasted', doc: 'cost of CPU and RAM that were held and not used; idle is not in it', width: 118, ...right,
      cell: (row) => <WastedCell row={row} factor={factor} />,
    },
    { id: 'bands', title: 'Used · not used · nobody’s', doc: 'what its cost was for; the rest of the bar has no use that is measured', width: 190, cell: (row) => <RowBands row={row} format={format} /> },
    { id: 'part', title: 'Of cost', doc: 'wasted, of its own cost', width: 78, ...right, cell: (row) => <span className="num">{format.share(partWasted(row))}</span> },
    money('cost', 'Cost', 'its own cost, without idle', (row) => row.cost),
    money('idle', places ? 'Idle' : 'Idle share', places ? 'cost of what nobody held there' : 'its share of what nobody held: not its own fault', (row) => row.idle),
    { id: 'cpu_efficiency', title: 'CPU efficiency', doc: 'CPU used / requested', width: 122, ...right, cell: (row) => <Efficiency value={efficiencyOf(row.cpu)} /> },
    { id: 'ram_efficiency', title: 'RAM efficiency', doc: 'RAM used / requested', width: 122, ...right, cell: (row) => <Efficiency value={efficiencyOf(row.ram)} /> },
    average('cpu_requested', 'CPU requested', 'cores requested, on average over the window', (row) => row.cpu.requested, (value) => format.cores(value)),
    average('cpu_used', 'CPU used', 'cores used, on average over the window', (row) => (row.cpu.held === 0 ? 0 : row.cpu.used), (value) => format.cores(value)),
    average('ram_requested', 'RAM requested', 'memory requested, on average over the window', (row) => row.ram.requested, bytes),
    average('ram_used', 'RAM used', 'memory used, on average over the window', (row) => (row.ram.held === 0 ? 0 : row.ram.used), bytes),
  ];
}

function names({ agg, format, onOpen }: Wish): ColumnSpec<Waste>[] {
  const groups = agg.split(',');
  return groups.map((group, place) => ({
    id: place === 0 ? 'name' : group,
    title: titleOf(group),
    width: place === 0 ? 260 : 180,
    sortable: place === 0,
    cell: (row) => {
      const value = row.groups[place] ?? '';
      const name = agg === 'all' ? 'Everything' : nameOf(value, group);
      const shown = agg === 'all' ? name : <Name value={value} group={group} />;
      return (
        <span className="flex min-w-0 items-center gap-2">
          {place === groups.length - 1 ? (
            <button type="button" tabIndex={-1} className="min-w-6 truncate text-left underline-offset-2 hover:text-accent hover:underline" title={name} onClick={() => onOpen(row)}>{shown}</button>
          ) : (
            <span className="truncate" title={name}>{shown}</span>
          )}
          {place === groups.length - 1 && <Risk row={row} format={format} />}
        </span>
      );
    },
  }));
}

/** What is used beyond requests: it may be short of room when its node fills up. */
function Risk({ row, format }: { row: Waste; format: Format }): ReactNode {
  const told = riskOf(row, format);
  if (!told) return null;
  return (
    <span className="tag tag-bad shrink-0" title={`${told}, on average over the window. When its node fills up it may be slowed down or put out: request what it uses.`}>
      <TriangleAlert size={11} aria-hidden="true" /> over request
      <span className="sr-only">: {told}</span>
    </span>
  );
}

function riskOf(row: Waste, format: Format): string {
  const one = (use: Use, what: string): string => {
    const times = overuse(use);
    if (times === null) return '';
    return Number.isFinite(times) ? `uses ${format.count(times)} times the ${what} that it requests` : `uses ${what} and requests none`;
  };
  return [one(row.cpu, 'CPU'), one(row.ram, 'RAM')].filter(Boolean).join('; ');
}

function RowBands({ row, format }: { row: Waste; format: Format }) {
  const values = bandsOf(row);
  const whole = wholeOf(row) ?? 0;
  const words = BAND_ORDER.map((band) => `${BANDS[band].title} ${format.share(whole > 0 && values[band] !== null ? values[band] / whole : null)}`).join(', ');
  return <Bands values={values} whole={whole} label={words} height={10} />;
}

const WORTH_TELLING = 0.01;

function WastedCell({ row, factor }: { row: Waste; factor: number }) {
  const value = wasted(row);
  const blind = value !== null && row.unknown > WORTH_TELLING * (row.used + row.spare + row.unknown);
  return (
    <span className="flex items-center gap-1.5" title={value === null ? 'Its use is not known, or it has no price: so is what it wastes' : undefined}>
      {blind && <span className="tag tag-warn" title="The use of a part of it is not known: that part is not in this figure">in part</span>}
      <Money value={value === null ? null : value * factor} strong />
    </span>
  );
}
