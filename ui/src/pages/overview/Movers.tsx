/** What changed most: in money, with the resource that made it so. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { ChangeOf, Difference } from '../../components/figures';
import { Panel } from '../../components/Page';
import { Failed, Message } from '../../components/states';
import { printFilter, termsOf, type Search } from '../../data';
import { useFormat } from '../../format';
import { useClusterCosts, useMovers, type Pace } from './questions';
import { daysOf, windowOf, type Compared } from './periods';
import { reason, type Mover } from './movers';

const EACH = 3;
const NOISE = 0.01;

export function Movers({ search, pace }: { search: Search; pace: { pace: Pace | null; error: Error | null; retry: () => void } }) {
  const format = useFormat();
  const compared = pace.pace?.compared ?? null;
  const { movers, total, before, error, retry } = useMovers(search, compared);
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
    body = (
      <>
        <p className="flex items-baseline justify-between gap-3 border-b border-line px-3.5 py-2 text-sm">
          <span title={`${format.window(compared.now.start, compared.now.end)} against ${format.window(compared.before.start, compared.before.end)}`}>
            <span className="font-medium">All</span> <span className="text-xs text-ink3">{periods(compared)}</span>
          </span>
          <span className="flex shrink-0 items-baseline gap-2 text-sm">
            {total !== null && before !== null && <Difference value={total - before} />}
            <ChangeOf now={total} before={before} />
          </span>
        </p>
        <ul aria-label="What changed most" className="flex flex-col">
          {[...ups, ...downs].map((one) => (
            <Line key={one.key} mover={one} compared={compared} zone={search.zone} />
          ))}
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

function Line({ mover, compared, zone }: { mover: Mover; compared: Compared; zone: string }) {
  const format = useFormat();
  const [kind, name] = mover.controller.includes(':') ? mover.controller.split(/:(.*)/s) : ['', mover.controller];
  const window = windowOf(mover.kind === 'ended' ? compared.before : compared.now);
  const title = mover.idle ? 'Idle of nodes' : name === '__unallocated__' ? 'Pods of no controller' : (name ?? '');
  const words = reason(mover, (value, unit) => format.quantity(value, unit), (value) => format.short(value));
  const place = [mover.namespace.startsWith('__') ? '' : mover.namespace, mover.cluster].filter(Boolean).join(' · ');
  const filter = printFilter([...termsOf('cluster', mover.cluster), ...(mover.idle ? [] : [...termsOf('namespace', mover.namespace), ...termsOf('controller', mover.controller)])]);
  const inside = (
    <>
      <span className="flex items-baseline justify-between gap-3">
        <span className="flex min-w-0 items-baseline gap-1.5">
          {kind && <span className="shrink-0 text-ink3">{kind}</span>}
          <span className="max-w-full shrink-0 truncate font-medium" title={mover.controller || title}>{title}</span>
          <span className="min-w-0 truncate text-xs text-ink3" title={place}>{place}</span>
        </span>
        <Difference value={mover.difference} />
      </span>
      <span className="flex items-baseline justify-between gap-3 text-xs">
        <span className="text-ink2">{words}</span>
        <ChangeOf now={mover.now} before={mover.kind === 'changed' && mover.before === 0 ? null : mover.before} />
      </span>
    </>
  );
  return (
    <li className="border-b border-line last:border-b-0">
      {mover.idle ? (
        <Link to="/efficiency" search={{ window, zone, filter }} className="block px-3.5 py-[5px] hover:bg-hover">{inside}</Link>
      ) : (
        <Link to="/allocations" search={{ window, zone, agg: 'controller', filter }} className="block px-3.5 py-[5px] hover:bg-hover">{inside}</Link>
      )}
    </li>
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
