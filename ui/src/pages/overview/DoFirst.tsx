/** What to do first: at most five things, each with what it is worth a month and how that is known. */
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';

import { Panel } from '../../components/Page';
import { Failed, Message } from '../../components/states';
import type { Search } from '../../data';
import { useFormat } from '../../format';
import { adviceOf, type Action, type Advice } from './actions';
import { daysOf, hoursOf, MONTH_HOURS, windowOf } from './periods';
import { poolsOf } from './pools';
import { useClusterCosts, useNodes, useWorkloads, type Pace } from './questions';
import { adviceIn } from './words';

export function DoFirst({ search, pace, className = '' }: { search: Search; pace: { pace: Pace | null; error: Error | null; retry: () => void }; className?: string }) {
  const format = useFormat();
  const recent = pace.pace?.recent ?? null;
  const window = recent ? windowOf(recent) : '';
  const nodes = useNodes(window, search.zone, recent !== null);
  const work = useWorkloads(recent, search.zone);
  const costs = useClusterCosts(search);
  const advice = useMemo(() => {
    if (!recent || !nodes.load || !nodes.kinds || !work.workloads || !work.kinds) return null;
    const hours = hoursOf(recent);
    return adviceOf({ pools: poolsOf(nodes.load, nodes.kinds, hours), workloads: work.workloads, kinds: work.kinds, factor: MONTH_HOURS / hours, window, zone: search.zone });
  }, [recent, window, nodes.load, nodes.kinds, work.workloads, work.kinds, search.zone]);
  const unpriced = (costs.data?.unpriced ?? []).reduce((sum, one) => sum + one.assets, 0);
  const failed = pace.error ?? nodes.error ?? work.error;
  const retry = pace.error ? pace.retry : nodes.error ? nodes.retry : work.retry;
  let body: ReactNode;
  if (failed && !advice) body = <Failed error={failed} retry={retry} what="What to do first" />;
  else if (pace.pace && !recent) body = <Message title="Too early to say">One whole day of data is enough for first advice.</Message>;
  else if (!advice || !recent) body = <Loading />;
  else if (!advice.sure.length && !advice.asked.length && !unpriced) body = <Message title="Nothing stands out">No nodes that are mostly idle, no workloads that use less than 30 % of what they request, no volumes that nobody mounts.</Message>;
  else {
    const days = daysOf(recent);
    const { sure, asked } = advice;
    body = (
      <>
        {sure.length + asked.length > 1 && <Together advice={advice} monthly={pace.pace?.rate?.monthly ?? null} />}
        {(sure.length > 0 || unpriced > 0) && (
          <ol className="flex flex-col" aria-label="What to do first">
            {sure.map((action, place) => (
              <Line key={action.key} place={format.whole(place + 1)} action={action} days={days} />
            ))}
            {unpriced > 0 && (
              <li className="border-t border-line first:border-t-0">
                <Link to="/doctor" className="flex gap-3 px-3.5 py-1.5 hover:bg-hover">
                  <Place>{format.whole(sure.length + 1)}</Place>
                  <span className="min-w-0 flex-1">
                    <span className="block font-medium">Price {format.whole(unpriced)} {unpriced === 1 ? 'asset that has' : 'assets that have'} no price</span>
                    <span className="block text-xs text-ink2">Their cost is in no figure here. Doctor has what to add to the price book.</span>
                  </span>
                  <span className="shrink-0 text-ink3">not known</span>
                </Link>
              </li>
            )}
          </ol>
        )}
        {asked.length > 0 && (
          <>
            <h3 className="border-y border-line bg-sunk px-3.5 py-0.5 text-xs font-medium text-ink2 first:border-t-0">To ask: only who runs it knows</h3>
            <ul className="flex flex-col" aria-label="What to ask">
              {asked.map((action) => (
                <Line key={action.key} place="?" action={action} days={days} />
              ))}
            </ul>
          </>
        )}
      </>
    );
  }
  return (
    <Panel title="Do first" aside={recent ? `$ a month, at the pace of ${format.days(recent.start, recent.end)}` : ''} className={`min-h-[371px] ${className}`}>
      {body}
    </Panel>
  );
}

/** What all of it comes to: what is sure, and what it may be at most. */
function Together({ advice: { sure, asked, saves, most }, monthly }: { advice: Advice; monthly: number | null }) {
  const format = useFormat();
  return (
    <p className="flex items-baseline justify-between gap-1 border-b border-line px-3.5 py-1.5 text-sm" data-testid="together">
      <span title="What is idle and what somebody holds are different dollars, and of one workload only one question counts">
        <span className="font-medium">Together</span> <span className="text-xs text-ink3">no overlap</span>
      </span>
      <span className="num shrink-0 text-right">
        {sure.length > 0 && <strong className="font-semibold">{format.short(saves)}</strong>}
        {asked.length > 0 && <>{sure.length > 0 && ', '}<span className="text-xs text-ink3">up to</span> <strong className="font-semibold">{format.short(most)}</strong></>}
        {monthly !== null && <span className="text-xs text-ink3"> of {format.short(monthly)}</span>}
      </span>
    </p>
  );
}

function Line({ place, action, days }: { place: string; action: Action; days: number }) {
  const format = useFormat();
  const { title, how } = adviceIn(action, days, format);
  return (
    <li className="border-t border-line first:border-t-0" data-testid="action">
      <Link to={action.to} search={action.search} className="flex gap-3 px-3.5 py-1.5 hover:bg-hover">
        <Place>{place}</Place>
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline justify-between gap-3">
            <span className="font-medium">{title}</span>
            <span className="num shrink-0 text-right font-semibold">
              {action.atMost && <span className="mr-1 text-xs font-normal text-ink3">up to</span>}
              {format.short(action.monthly)}
            </span>
          </span>
          <span className="block text-xs text-ink2">{how}</span>
        </span>
      </Link>
    </li>
  );
}

const Place = ({ children }: { children: ReactNode }) => (
  <span className="num mt-px flex size-[19px] shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent" aria-hidden="true">{children}</span>
);

const Loading = () => (
  <div className="flex flex-col gap-3 p-3.5" role="status" aria-label="Loading">
    {Array.from({ length: 5 }, (_, row) => (
      <div key={row} className="skel h-10" />
    ))}
  </div>
);
