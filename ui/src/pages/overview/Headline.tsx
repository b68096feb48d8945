/** The figures that most people come for: what was spent, what a month costs, what of it was for nothing. */
import type { ReactNode } from 'react';

import { ChangeOf } from '../../components/figures';
import { Failed } from '../../components/states';
import { PRESETS } from '../../components/windows';
import { Table, type Search } from '../../data';
import { useFormat } from '../../format';
import { useWaste } from '../efficiency/questions';
import { wasted } from '../efficiency/waste';
import { useClusterCosts, type Pace } from './questions';

const MONTH = '30.42 days';
const GRID = 'panel grid grid-cols-2 gap-px overflow-hidden bg-line! md:grid-cols-3 xl:grid-cols-5';
const TITLES = ['Spent', 'A month at this pace', 'Idle', 'Wasted', 'Efficiency'];

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
  const rate = pace?.rate ?? null;
  const window = PRESETS.find((one) => one.value === search.window)?.title ?? 'This window';
  const share = (part: number | null): string => format.share(part !== null && total ? part / total : null);
  const comparing = view.previous !== null && !view.previousPartial && view.prevTotal !== null;
  return (
    <dl className={`${GRID} ${costs.isPlaceholderData ? 'opacity-50' : ''}`} aria-label="Headline figures">
      <Figure title={`Spent, ${window.charAt(0).toLowerCase()}${window.slice(1)}`} value={format.headline(total)} test="spent">
        {comparing ? (
          <>
            <ChangeOf now={total} before={table.number(table.total, 'previous_cost')} /> on the period before
          </>
        ) : (
          `${format.window(view.window.start, view.window.end)}${told ? '' : ': nothing is known of it'}`
        )}
        {view.partial && `, until ${format.moment(view.asOf)}`}
      </Figure>
      <Figure title="A month at this pace" value={rate ? format.short(rate.monthly) : '—'} test="monthly" doc={`What the last whole days cost, made as long as a month (${MONTH})`}>
        {rate ? (
          <>
            {rate.before !== null && <><ChangeOf now={rate.monthly} before={rate.before} />{' '}</>}
            {rate.days === 7 ? 'last 7 whole days' : `last ${rate.days} whole ${rate.days === 1 ? 'day' : 'days'}`}, × {MONTH}
            {rate.before !== null && '; against the 7 before'}
          </>
        ) : pace ? (
          'told when the first whole day is over'
        ) : (
          ' '
        )}
      </Figure>
      <Figure title="Idle" value={format.headline(idle)} test="idle">
        <strong className="font-semibold text-ink">{share(idle)}</strong> of it: nobody held it
      </Figure>
      <Figure title="Wasted" value={format.headline(spare === null ? null : spare + (idle ?? 0))} loading={!waste.found && !waste.error} test="wasted">
        <strong className="font-semibold text-ink">{share(spare === null ? null : spare + (idle ?? 0))}</strong>: idle, and {format.headline(spare)} requested and not used
      </Figure>
      <Figure title="Efficiency" value={format.share(table.number(table.total, 'efficiency'))} test="efficiency" last>
        used of the CPU and RAM that was requested
      </Figure>
    </dl>
  );
}

function Figure({ title, value, children, doc, test, loading = false, last = false }: { title: string; value: string; children: ReactNode; doc?: string; test: string; loading?: boolean; last?: boolean }) {
  return (
    <div className={`flex min-w-0 flex-col gap-0.5 bg-panel p-3.5 ${last ? 'col-span-2 xl:col-span-1' : ''}`} title={doc}>
      <dt className="truncate text-sm text-ink2">{title}</dt>
      <dd className="num text-[22px] leading-7 font-semibold tracking-[-0.02em] whitespace-nowrap sm:text-2xl" data-testid={test}>
        {loading ? <span className="skel inline-block h-6 w-24" /> : value || '—'}
      </dd>
      <dd className="num min-h-8 text-xs text-ink3">{children}</dd>
    </div>
  );
}

/** The same figures, without their numbers. */
const Loading = () => (
  <div role="status" aria-label="Loading">
    <dl className={GRID}>
      {TITLES.map((title, place) => (
        <Figure key={title} title={title} value="" test="" loading last={place === TITLES.length - 1}>
          <span className="skel mt-1 inline-block h-3 w-3/4" />
        </Figure>
      ))}
    </dl>
  </div>
);
