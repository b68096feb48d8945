/** The figures that most people come for: what was spent, what a month costs, what of it was for nothing. */
import type { ReactNode } from 'react';

import { ChangeOf } from '../../components/figures';
import { Failed } from '../../components/states';
import { Table, type Search, type View } from '../../data';
import { useFormat, type Format } from '../../format';
import { useWaste } from '../efficiency/questions';
import { wasted } from '../efficiency/waste';
import { Swatch } from './Parts';
import { windowName } from './periods';
import { useClusterCosts, type Pace } from './questions';

const MONTH = '30.42 days';
const GRID = 'panel grid grid-cols-2 gap-px overflow-hidden bg-line! md:grid-cols-3 xl:grid-cols-[1fr_1fr_2.75fr_1fr]';

export function Headline({ search, pace }: { search: Search; pace: Pace | null }) {
  const format = useFormat();
  const costs = useClusterCosts(search);
  const waste = useWaste({ ...search, agg: 'namespace', filter: '' });
  if (!costs.data) return costs.isError ? <div className="panel flex min-h-[113px]"><Failed error={costs.error} retry={() => void costs.refetch()} what="What was spent" /></div> : <Loading />;
  const view = costs.data;
  const table = new Table(view);
  // No row at all: nothing is known of that time, which is not the same as nothing spent.
  const told = table.rows.length + table.idle.length > 0;
  const total = told ? table.number(table.total, 'total_cost') : null;
  const idle = total !== null ? table.idle.reduce((sum, row) => sum + (table.number(row, 'total_cost') ?? 0), 0) : null;
  const spare = told && waste.found && !waste.stale ? wasted(waste.found.all) : null;
  const sum = spare === null ? null : spare + (idle ?? 0);
  // By the cents in which its parts are shown, so that these add up to it.
  const all = sum === null ? null : sum - format.rounding([idle, spare], sum);
  const rate = pace?.rate ?? null;
  const share = (part: number | null): ReactNode => <strong className="font-semibold text-ink">{format.share(part !== null && total ? part / total : null)}</strong>;
  const comparing = view.previous !== null && !view.previousPartial && view.prevTotal !== null;
  return (
    <div className={`${GRID} ${costs.isPlaceholderData ? 'opacity-50' : ''}`} role="group" aria-label="Headline figures">
      <Figure title={`Spent, ${windowName(search.window)}`} value={format.headline(total)} test="spent">
        {told ? knownDays(view, format).map((part) => <span key={part} className="inline-block whitespace-nowrap">{part}&nbsp;</span>) : `${knownDays(view, format).join(' ')}: nothing is known of it`}
        {comparing && (
          <span className="block">
            <ChangeOf now={total} before={table.number(table.total, 'previous_cost')} /> on the period before
          </span>
        )}
      </Figure>
      <Figure title="A month at this pace" value={rate ? format.short(rate.monthly) : '—'} test="monthly" doc={`What the last whole days cost, made as long as a month (${MONTH})`}>
        {rate ? (
          <>
            {rate.before !== null && <span className="block"><ChangeOf now={rate.monthly} before={rate.before} /> in a week</span>}
            <span className="block">{format.days(rate.over.start, rate.over.end)}, × {MONTH}</span>
          </>
        ) : pace ? (
          'told when the first whole day is over'
        ) : (
          ' '
        )}
      </Figure>
      <Wide>
        <Figure title="Wasted" whole value={format.headline(all)} loading={!waste.found && !waste.error} test="wasted">
          {share(all)} of what was spent
        </Figure>
        <Figure title={<><Swatch part="idle" /> Idle</>} value={format.headline(idle)} test="idle" part="=">
          {share(idle)}: no pod requested or used it
        </Figure>
        <Figure title={<><Swatch part="spare" /> Requested, not used</>} value={format.headline(spare)} loading={!waste.found && !waste.error} test="spare" part="+">
          {share(spare)}: CPU and RAM that pods left unused
        </Figure>
      </Wide>
      <Figure title="Efficiency" value={format.share(table.number(table.total, 'efficiency'))} test="efficiency" last>
        used of requested CPU and RAM; idle is not counted
      </Figure>
    </div>
  );
}

/** The days of a window of which data are there; where the last of them is not over, until when. */
function knownDays(view: View, format: Format): string[] {
  const { start, end } = view.window;
  const until = view.partial && view.asOf > start ? view.asOf : end;
  if (!format.midnight(start)) return [format.window(start, until)];
  return format.midnight(until) ? [format.days(start, until)] : [`${format.days(start, until)},`, `until ${format.hour(until)}`];
}

/** A figure beside the figures that it is made of. */
const Wide = ({ children }: { children: ReactNode }) => <div className="col-span-2 grid grid-cols-2 bg-panel sm:grid-cols-[1.15fr_1fr_1.1fr] md:order-last md:col-span-3 xl:order-none xl:col-span-1">{children}</div>;

interface FigureProps {
  title: ReactNode;
  value: string;
  children: ReactNode;
  doc?: string;
  test: string;
  loading?: boolean;
  /** What is made of the figures after it. */
  whole?: boolean;
  /** A part of it: the sign between it and what is before it. */
  part?: '=' | '+';
  last?: boolean;
}

function Figure({ title, value, children, doc, test, loading = false, whole = false, part, last = false }: FigureProps) {
  const size = part ? 'text-lg leading-7' : 'text-[22px] leading-7 tracking-[-0.02em] sm:text-2xl';
  return (
    <dl className={`flex min-w-0 flex-col gap-0.5 bg-panel p-3.5 ${last ? 'max-md:col-span-2' : ''} ${whole ? 'max-sm:col-span-2 max-sm:pb-0' : ''}`} title={doc}>
      <dt className="flex items-center gap-1.5 truncate text-sm text-ink2">{title}</dt>
      <dd className={`num relative font-semibold whitespace-nowrap ${size}`} data-testid={test}>
        {part && <span aria-hidden="true" className={`absolute right-full pr-1.5 font-normal text-ink3 ${part === '=' ? 'max-sm:hidden' : ''}`}>{part}</span>}
        {loading ? <span className="skel inline-block h-6 w-24" /> : value || '—'}
      </dd>
      <dd className={`num text-xs text-ink3 ${whole || last ? 'md:min-h-8' : 'min-h-8'}`}>{children}</dd>
    </dl>
  );
}

/** The same figures, without their numbers. */
const Loading = () => {
  const under = <span className="skel mt-1 inline-block h-3 w-3/4" />;
  return (
    <div role="status" aria-label="Loading">
      <div className={GRID}>
        <Figure title="Spent" value="" test="" loading>{under}</Figure>
        <Figure title="A month at this pace" value="" test="" loading>{under}</Figure>
        <Wide>
          <Figure title="Wasted" whole value="" test="" loading>{under}</Figure>
          <Figure title="Idle" value="" test="" loading part="=">{under}</Figure>
          <Figure title="Requested, not used" value="" test="" loading part="+">{under}</Figure>
        </Wide>
        <Figure title="Efficiency" value="" test="" loading last>{under}</Figure>
      </div>
    </div>
  );
};
