/** Cost by day, and where it goes: the list beside the chart is its legend. */
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { CostChart } from '../../charts/CostChart';
import { seriesCss } from '../../charts/palette';
import { Choose, type Choice } from '../../components/Choose';
import { Panel } from '../../components/Page';
import { Failed, Message } from '../../components/states';
import { type Meta, printFilter, type Search, type SetSearch, Table, termsOf, type View } from '../../data';
import { nameOf, titleOf, useFormat } from '../../format';
import type { Mark } from './marks';
import { useMarks, useMovers, useSpend, type Pace } from './questions';

const HEIGHT = 228;

export function Spend({ search, set, meta, pace }: { search: Search; set: SetSearch; meta: Meta | undefined; pace: Pace | null }) {
  const spend = useSpend(search);
  const [lit, setLit] = useState<string | null>(null);
  const { data } = spend;
  const { movers } = useMovers(search, pace?.compared ?? null);
  const marks = useMarks(search, spend.isPlaceholderData ? undefined : data, movers);
  const signs = useMemo(() => marks.map((one) => one.step), [marks]);
  const groups = choices(meta, search.agg);
  const step = data && data.steps.length > 1 && data.steps[0] ? nameOfStep(data.steps[0]) : '';
  const dim = spend.isPlaceholderData ? 'opacity-50' : '';
  return (
    <div className="grid grid-cols-1 gap-3 lg:grid-cols-[minmax(0,1fr)_400px] xl:grid-cols-[minmax(0,1fr)_420px]">
      <Panel title={<span className="whitespace-nowrap">{step ? `Cost by ${step}` : 'Cost'}</span>} aside={data ? <Happened view={data} step={step} marks={marks} /> : ''} className="min-h-[272px]">
        {spend.isError && !data ? <Failed error={spend.error} retry={() => void spend.refetch()} what="Cost by day" /> : data ? data.rowCount + data.idleRows.length > 0 ? <div className={`pt-1 ${dim}`}><CostChart view={data} kind="bars" lit={lit} signs={signs} height={HEIGHT} /></div> : <Message title="Nothing is known of this window">Data begin later, or end before it.</Message> : <div className="p-3" role="status" aria-label="Loading"><div className="skel" style={{ height: HEIGHT - 16 }} /></div>}
      </Panel>
      <Panel title="Where it goes" aside={<div className="[&_.btn]:h-[26px]"><Choose label="by" value={search.agg} choices={groups} onChoose={(agg) => set({ agg })} /></div>} className="min-h-[272px]">
        {data ? <div className={dim}><Shares view={data} search={search} onLight={setLit} /></div> : spend.isError ? <Message title="Not known now" /> : <Loading />}
      </Panel>
    </div>
  );
}

/** What the signs over the bars say, and what the paler bars mean. */
function Happened({ view, step, marks }: { view: View; step: string; marks: readonly Mark[] }) {
  const format = useFormat();
  const open = toCome(view, step);
  return (
    <span className="flex flex-wrap justify-end gap-x-3.5 text-xs">
      {marks.map((one) => {
        const at = view.steps[one.step];
        return at && <span key={one.key} className="whitespace-nowrap"><span aria-hidden="true" className="text-[9px]">▼</span> {format.days(at.start, at.end)}: <span className="text-ink2">{one.name}</span> {one.what}</span>;
      })}
      {open && <span>{open}</span>}
    </span>
  );
}

interface Line {
  key: string;
  title: string;
  value: number | null;
  colour: string;
  hatch?: boolean;
  filter?: string;
}

function Shares({ view, search, onLight }: { view: View; search: Search; onLight: (key: string | null) => void }) {
  const format = useFormat();
  const table = new Table(view);
  const total = table.number(table.total, 'total_cost');
  const by = view.by[0] ?? '';
  const own = table.rows.map((row, rank): Line => {
    const value = table.groups(row)[0] ?? '';
    const terms = termsOf(by, value);
    return { key: value, title: nameOf(value, by), value: table.number(row, 'total_cost'), colour: seriesCss(rank), ...(terms.length ? { filter: printFilter(terms) } : {}) };
  });
  const others = view.rowCount - own.length;
  const rest = view.rowsTotal - own.reduce((sum, one) => sum + (one.value ?? 0), 0);
  const idle = table.idle.reduce<number | null>((sum, row) => (table.number(row, 'total_cost') === null ? sum : (sum ?? 0) + (table.number(row, 'total_cost') ?? 0)), null);
  const lines: Line[] = [
    ...own,
    ...(others > 0 ? [{ key: 'other', title: others === 1 ? '1 other' : `${format.whole(others)} others`, value: rest, colour: 'var(--other)' }] : []),
    ...(idle !== null ? [{ key: 'idle', title: 'Idle capacity', value: idle, colour: 'var(--idle)', hatch: true }] : []),
  ];
  if (!lines.length) return <Message title="Nothing is known of this window" />;
  return (
    <ul className="flex flex-col py-[5px]" aria-label={`Cost by ${titleOf(by).toLowerCase()}`}>
      {lines.map((one) => {
        const inside = (
          <>
            <span aria-hidden="true" className={`size-[9px] rounded-[2px] ${one.hatch ? 'hatch' : ''}`} style={{ backgroundColor: one.colour }} />
            <span className="truncate" title={one.title}>{one.title}</span>
            <span aria-hidden="true" className="h-[6px] overflow-hidden rounded-full bg-sunk">
              <span className={`block h-full rounded-full ${one.hatch ? 'hatch' : ''}`} style={{ width: `${total ? (Math.max(0, one.value ?? 0) / total) * 100 : 0}%`, backgroundColor: one.colour }} />
            </span>
            <span className="num text-right font-medium">{format.money(one.value)}</span>
            <span className="num text-right text-ink3">{format.share(one.value !== null && total ? one.value / total : null)}</span>
          </>
        );
        const light = { onFocus: () => onLight(one.key), onBlur: () => onLight(null), onMouseEnter: () => onLight(one.key), onMouseLeave: () => onLight(null) };
        const shape = 'grid h-6 grid-cols-[9px_minmax(0,1fr)_32px_80px_46px] sm:grid-cols-[9px_minmax(0,1fr)_88px_84px_46px] items-center gap-2.5 px-3.5 text-sm hover:bg-hover';
        return (
          <li key={one.key}>
            {one.filter ? (
              <Link to="/allocations" search={{ window: search.window, zone: search.zone, agg: next(by), filter: one.filter }} className={shape} {...light}>
                {inside}
              </Link>
            ) : one.key === 'idle' ? (
              <Link to="/efficiency" search={{ window: search.window, zone: search.zone }} className={shape} {...light}>
                {inside}
              </Link>
            ) : one.key === 'other' ? (
              <Link to="/allocations" search={{ window: search.window, zone: search.zone, agg: by }} className={shape} {...light}>
                {inside}
              </Link>
            ) : (
              <div className={shape}>{inside}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const Loading = () => (
  <div className="flex flex-col gap-2 p-3.5" role="status" aria-label="Loading">
    {Array.from({ length: 9 }, (_, row) => (
      <div key={row} className="skel h-4" />
    ))}
  </div>
);

/** Groups that a reader of this page may mean: who pays. What the server has beyond these is on the page of allocations. */
const LIKELY = ['cluster', 'namespace', 'team', 'department', 'product', 'owner', 'environment', 'controllerKind'];

function choices(meta: Meta | undefined, chosen: string): Choice[] {
  const known = meta ? LIKELY.filter((one) => meta.allocation.groups.includes(one)) : ['namespace'];
  return [...new Set([...known, chosen])].map((value) => ({ value, title: titleOf(value) }));
}

/** Which bars will still grow; nothing where none of them is drawn. */
function toCome(view: View, step: string): string {
  const { values, other, idle } = view.series;
  const drawn = view.steps.filter(({ partial }, place) => partial && [...values, other, idle].some((line) => typeof line?.[place] === 'number'));
  return drawn.length === 0 ? '' : drawn.length === 1 ? `the last ${step || 'bar'} is not complete yet` : 'the paler bars are not complete yet';
}

const next = (by: string): string => (by === 'namespace' ? 'controller' : 'namespace');

function nameOfStep(step: { start: string; end: string }): string {
  const hours = (Date.parse(step.end) - Date.parse(step.start)) / 3_600_000;
  return hours < 2 ? 'hour' : hours < 48 ? 'day' : hours < 24 * 20 ? 'week' : 'month';
}
