/** Cost over time by resource, and what the window cost by resource. */
import { useMemo } from 'react';

import { CostChart, CHART_HEIGHT, type Kind } from '../../charts/CostChart';
import { seriesCss } from '../../charts/palette';
import { Money } from '../../components/figures';
import { Panel } from '../../components/Page';
import { Failed } from '../../components/states';
import { useFormat } from '../../format';
import type { useCosts } from './questions';
import { drawn, numberOf, sums } from './resources';

interface Props {
  costs: ReturnType<typeof useCosts>;
  /** Idle received is in it. */
  shared: boolean;
  chart: string;
}

export function CostPanel({ costs: { own, whole }, shared, chart }: Props) {
  const format = useFormat();
  const told = own.data;
  const received = shared ? (whole.data ?? null) : null;
  const view = useMemo(() => (told ? drawn(told, received) : null), [told, received]);
  const parts = useMemo(() => (told ? sums(told, received) : []), [told, received]);
  const failed = own.error ?? (shared ? whole.error : null);
  const waiting = !told || (shared && !received);
  const stale = own.isPlaceholderData || (shared && whole.isPlaceholderData);
  const total = told ? numberOf(received ?? told, (received ?? told).total, 'total_cost') : null;
  const rest = format.rounding(parts.map((part) => part.cost), total);
  return (
    <Panel title="Cost over time" aside={told?.partial ? `* not over yet, known until ${format.moment(told.asOf)} ${format.zone}` : undefined}>
      {failed && waiting ? (
        <Failed error={failed} retry={() => { void own.refetch(); if (shared) void whole.refetch(); }} what="Cost over time" />
      ) : (
        <div className={`grid lg:grid-cols-[minmax(0,1fr)_300px] ${stale ? 'opacity-50' : ''}`}>
          <div className="min-w-0 pt-1" data-chart>
            {waiting || !view ? <div className="p-3" style={{ height: CHART_HEIGHT }} role="status" aria-label="Loading"><div className="skel h-full" /></div> : <CostChart view={view} kind={chart as Kind} />}
          </div>
          <dl className="flex flex-col gap-px border-t border-line px-3.5 py-2.5 lg:border-t-0 lg:border-l" aria-label="By resource">
            {waiting ? <div className="skel h-[180px]" /> : (
              <>
                {parts.map((part) => (
                  <div key={part.title} className="grid grid-cols-[minmax(0,1fr)_auto_52px] items-center gap-2 py-[3px] text-sm">
                    <dt className="flex min-w-0 items-center gap-2">
                      <span aria-hidden="true" className={`size-[10px] shrink-0 rounded-[2px] ${part.rank < 0 ? 'hatch' : ''}`} style={{ backgroundColor: part.rank < 0 ? 'var(--idle)' : seriesCss(part.rank) }} />
                      <span className="truncate">{part.title}</span>
                    </dt>
                    <dd><Money value={part.cost} /></dd>
                    <dd className="num text-right text-ink3">{format.share(part.cost !== null && total ? part.cost / total : null)}</dd>
                  </div>
                ))}
                {rest !== 0 && <div className="grid grid-cols-[minmax(0,1fr)_auto_52px] gap-2 py-[3px] text-sm text-ink3"><dt>Rounding</dt><dd className="num">{format.difference(rest)}</dd></div>}
                <div className="mt-1 grid grid-cols-[minmax(0,1fr)_auto_52px] gap-2 border-t border-line2 pt-1.5 text-sm font-semibold">
                  <dt>Together</dt>
                  <dd className="num">{format.headline(total)}</dd>
                  <dd />
                </div>
              </>
            )}
          </dl>
        </div>
      )}
    </Panel>
  );
}
