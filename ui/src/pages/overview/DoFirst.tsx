/** What to do first: at most five things, each with what it is worth a month and how that is known. */
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';

import { Panel } from '../../components/Page';
import { Failed, Message } from '../../components/states';
import type { Search } from '../../data';
import { useFormat, type Format } from '../../format';
import { actionsOf, type Action } from './actions';
import { hoursOf, MONTH_HOURS, windowOf } from './periods';
import { poolsOf } from './pools';
import { useClusterCosts, useNodes, useWorkloads, type Pace } from './questions';

export function DoFirst({ search, pace, className = '' }: { search: Search; pace: { pace: Pace | null; error: Error | null; retry: () => void }; className?: string }) {
  const format = useFormat();
  const recent = pace.pace?.recent ?? null;
  const window = recent ? windowOf(recent) : '';
  const nodes = useNodes(window, search.zone, recent !== null);
  const work = useWorkloads(recent, search.zone);
  const costs = useClusterCosts(search);
  const actions = useMemo(() => {
    if (!recent || !nodes.load || !nodes.kinds || !work.workloads || !work.kinds) return null;
    const hours = hoursOf(recent);
    return actionsOf({ pools: poolsOf(nodes.load, nodes.kinds, hours), workloads: work.workloads, kinds: work.kinds, factor: MONTH_HOURS / hours, window, zone: search.zone });
  }, [recent, window, nodes.load, nodes.kinds, work.workloads, work.kinds, search.zone]);
  const unpriced = (costs.data?.unpriced ?? []).reduce((sum, one) => sum + one.assets, 0);
  const failed = pace.error ?? nodes.error ?? work.error;
  const retry = pace.error ? pace.retry : nodes.error ? nodes.retry : work.retry;
  let body: ReactNode;
  if (failed && !actions) body = <Failed error={failed} retry={retry} what="What to do first" />;
  else if (pace.pace && !recent) body = <Message title="Too early to say">One whole day of data is enough for first advice.</Message>;
  else if (!actions) body = <Loading />;
  else if (!actions.length && !unpriced) body = <Message title="Nothing stands out">No nodes that are mostly idle, no workloads that use less than 30 % of what they request, no volumes that nobody mounts.</Message>;
  else {
    body = (
      <ol className="flex flex-col" aria-label="What to do first">
        {actions.map((action, place) => (
          <Line key={action.key} place={place + 1} action={action} />
        ))}
        {unpriced > 0 && (
          <li className="border-t border-line first:border-t-0">
            <Link to="/doctor" className="flex gap-3 px-3.5 py-2 hover:bg-hover">
              <Place>{actions.length + 1}</Place>
              <span className="min-w-0 flex-1">
                <span className="block font-medium">Price {format.whole(unpriced)} {unpriced === 1 ? 'asset that has' : 'assets that have'} no price</span>
                <span className="block text-xs text-ink2">Their cost is in no figure here. Doctor has what to add to the price book.</span>
              </span>
              <span className="shrink-0 text-ink3">not known</span>
            </Link>
          </li>
        )}
      </ol>
    );
  }
  return (
    <Panel title="Do first" aside={recent ? `$ a month, by ${format.window(recent.start, recent.end)}` : ''} className={`min-h-[371px] ${className}`}>
      {body}
    </Panel>
  );
}

function Line({ place, action }: { place: number; action: Action }) {
  const format = useFormat();
  const { title, how } = wordsOf(action, format);
  return (
    <li className="border-t border-line first:border-t-0" data-testid="action">
      <Link to={action.to} search={action.search} className="flex gap-3 px-3.5 py-2 hover:bg-hover">
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

/** What to do, and how it is known. */
function wordsOf(action: Action, format: Format): { title: string; how: string } {
  const { facts, cluster, namespace, name } = action;
  const fact = (key: string): number => facts[key] ?? 0;
  const kind = name || 'unknown';
  const workload = named(name);
  const place = `${namespace.startsWith('__') || !namespace ? '' : `${namespace} · `}${cluster}: `;
  switch (action.kind) {
    case 'nodes': {
      const [count, all] = [fact('count'), Math.round(fact('nodes') * 10) / 10];
      const every = count >= Math.round(all);
      return {
        title: every ? `Remove the ${count === 1 ? '' : `${format.whole(count)} `}${kind} ${count === 1 ? 'node' : 'nodes'}` : `Remove ${format.whole(count)} of ${format.count(all)} ${kind} nodes`,
        how: every ? `${place}${format.share(fact('idle'))} of ${count === 1 ? 'its' : 'their'} cost is idle, hardly a pod is there.` : `${place}${format.share(fact('idle'))} of their cost is idle, ${format.share(fact('spare'))} of what they are shortest of. Their pods fit on fewer.`,
      };
    }
    case 'idle':
      return { title: `Let ${kind} nodes scale down`, how: `${place}${format.share(fact('idle'))} of their cost is idle, yet no whole node is free all the time.` };
    case 'requests':
      return { title: `Ask for less in ${workload}`, how: `${place}it uses ${format.share(fact('used'))} of the CPU and RAM that it holds.` };
    case 'gpu':
      return { title: `Does ${workload} need its GPUs?`, how: `${place}it uses ${format.share(fact('cpu'))} of the CPU that it requests. Use of the cards is not measured.` };
    case 'volumes':
      return { title: 'Delete volumes that nobody mounts', how: `${place}they cost and hang on no pod.${fact('balancers') > 0 ? ' Load balancers of nobody are among them.' : ''}` };
  }
}

function named(controller: string): string {
  const [, name] = controller.split(/:(.*)/s);
  return name ?? (controller.startsWith('__') ? 'pods of no controller' : controller);
}

const Loading = () => (
  <div className="flex flex-col gap-3 p-3.5" role="status" aria-label="Loading">
    {Array.from({ length: 5 }, (_, row) => (
      <div key={row} className="skel h-10" />
    ))}
  </div>
);
