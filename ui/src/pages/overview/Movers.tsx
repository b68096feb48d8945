/** What changed most: in money, with the resource that made it so. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Panel } from '../../components/Page';
import { Failed, Message } from '../../components/states';
import { printFilter, termsOf, type Search } from '../../data';
import { useFormat } from '../../format';
import { useClusterCosts, useMovers, type Pace } from './questions';
import { daysOf, windowOf, type Compared } from './periods';
import type { Mover } from './movers';
import { reasonIn, sizeIn } from './words';

const EACH = 3;
const NOISE = 0.01;

export function Movers({ search, pace }: { search: Search; pace: { pace: Pace | null; error: Error | null; retry: () => void } }) {
  const format = useFormat();
  const compared = pace.pace?.compared ?? null;
  const { movers, total, before, hours, error, retry } = useMovers(search, compared);
  const costs = useClusterCosts(search);
  const failed = pace.error ?? error;
  let body: ReactNode;
  if (failed && !movers) body = <Failed error={failed} retry={pace.error ? pace.retry : retry} what="What changed" />;
  else if (pace.pace && !compared) {
    body = (
      <Message title="Nothing to compare with yet">
        {costs.data?.previousPartial || !costs.data?.prevTotal ? 'Nothing is known of the time before. Two whole days are enough for a first comparison.' : ''}
      </Message>
    );
  } else if (!movers || !compared) body = <Loading />;
  else if (!movers.length) body = <Message title="Nothing changed">Every workload costs what it cost before, to the cent.</Message>;
  else {
    // What is small beside the largest difference is noise here; all changes has it.
    const told = movers.filter((one) => Math.abs(one.difference) >= Math.abs(movers[0]?.difference ?? 0) * NOISE);
    const [up, down] = [told.filter((one) => one.difference > 0), told.filter((one) => one.difference < 0)];
    // Where one side has less to tell the other may tell more.
    const [ups, downs] = [up.slice(0, Math.max(EACH, 2 * EACH - down.length)), down.slice(0, Math.max(EACH, 2 * EACH - up.length))];
    const shown = [...ups, ...downs];
    const whole = total !== null && before !== null ? total - before : null;
    // What all others come to, so that the rows as shown add up to their head as shown.
    const others = format.rounding(shown.map((one) => one.difference), whole);
    const count = movers.length - shown.length;
    const all = { window: windowOf(compared.now), zone: search.zone, agg: 'controller', sort: '-change' };
    body = (
      <>
        <p className="flex items-baseline justify-between gap-2 border-b border-line px-3.5 py-1.5 text-sm">
          <span title={`${format.window(compared.now.start, compared.now.end)} against ${format.window(compared.before.start, compared.before.end)}`}>
            <span className="font-medium">All</span> <span className="text-xs text-ink3">{periods(compared)}</span>
          </span>
          {whole !== null && total !== null && before !== null && <Amount value={whole} size={sizeIn(total, before, format)} />}
        </p>
        <ul aria-label="What changed most" className="flex flex-1 flex-col">
          {shown.map((one) => (
            <Line key={one.key} mover={one} hours={hours} compared={compared} zone={search.zone} />
          ))}
          {others !== 0 && (
            <li>
              <Link to="/allocations" search={all} className="flex items-baseline justify-between gap-2 px-3.5 py-1 text-sm text-ink2 hover:bg-hover">
                {count === 0 ? 'The rest' : `${format.whole(count)} ${count === 1 ? 'other' : 'others'}, together`}
                <Amount value={others} />
              </Link>
            </li>
          )}
        </ul>
      </>
    );
  }
  return (
    <Panel title="What changed most" aside={compared ? <Link to="/allocations" className="link" search={{ window: windowOf(compared.now), zone: search.zone, agg: 'controller', sort: '-change' }}>All changes</Link> : ''} className="min-h-[371px]">
      {body}
    </Panel>
  );
}

function Line({ mover, hours, compared, zone }: { mover: Mover; hours: { now: number; before: number }; compared: Compared; zone: string }) {
  const format = useFormat();
  const name = mover.controller.split(/:(.*)/s)[1] ?? mover.controller;
  const window = windowOf(mover.kind === 'ended' ? compared.before : compared.now);
  const title = mover.idle ? 'Idle of nodes' : name === '__unallocated__' ? 'Pods of no controller' : name;
  const place = [mover.namespace.startsWith('__') ? '' : mover.namespace, mover.cluster].filter(Boolean).join(' · ');
  const filter = printFilter([...termsOf('cluster', mover.cluster), ...(mover.idle ? [] : [...termsOf('namespace', mover.namespace), ...termsOf('controller', mover.controller)])]);
  const size = mover.kind === 'changed' ? (mover.before === 0 ? '' : sizeIn(mover.now, mover.before, format)) : mover.kind;
  const inside = (
    <>
      <span className="flex items-baseline justify-between gap-2">
        {/* a place that has no room beside the name goes under it */}
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-1.5">
          <span className="min-w-0 font-medium wrap-anywhere" title={mover.idle ? undefined : mover.controller}>{title}</span>
          <span className="min-w-0 text-xs wrap-anywhere text-ink3">{place}</span>
        </span>
        <Amount value={mover.difference} size={size} />
      </span>
      <span className="block text-xs text-ink2">{reasonIn(mover, hours, format)}</span>
    </>
  );
  const shape = 'block px-3.5 py-1 hover:bg-hover';
  return (
    <li className="border-b border-line">
      {mover.idle ? (
        <Link to="/efficiency" search={{ window, zone, filter }} className={shape}>{inside}</Link>
      ) : (
        <Link to="/allocations" search={{ window, zone, agg: 'controller', filter }} className={shape}>{inside}</Link>
      )}
    </li>
  );
}

/** How much more or less, and how much that is of what it was. */
function Amount({ value, size = '' }: { value: number; size?: string }) {
  const format = useFormat();
  const tone = value === 0 ? 'text-ink3' : value > 0 ? 'text-up' : 'text-down';
  return (
    <span className="num flex shrink-0 items-baseline gap-2 text-sm">
      <span className={`font-medium ${tone}`}>{format.difference(value)}</span>
      <span className="w-12 text-right text-xs text-ink3">{size}</span>
    </span>
  );
}

function periods(compared: Compared): string {
  if (compared.asked) return 'against the period before';
  const days = daysOf(compared.now);
  return days === 1 ? 'the last day against the one before' : `${days} days against the ${days} before`;
}

const Loading = () => (
  <div className="flex flex-col gap-3 p-3.5" role="status" aria-label="Loading">
    {Array.from({ length: 7 }, (_, row) => (
      <div key={row} className="skel h-7" />
    ))}
  </div>
);
