/** Idle and waste: what no pod requested or used, what was requested and not used, and where most of both is. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Panel } from '../../components/Page';
import { Failed, Message } from '../../components/states';
import { hoursGoneBy } from '../../components/windows';
import { printFilter, termsOf, type Search } from '../../data';
import { nameOf, useFormat } from '../../format';
import { useWaste } from '../efficiency/questions';
import { restOf } from '../efficiency/waste';
import { Parts, Swatch, type Part } from './Parts';
import { windowName } from './periods';
import { nodesOf, poolsOf, type Pool } from './pools';
import { useNodes } from './questions';

const EACH = 3;

export function Waste({ search }: { search: Search }) {
  const format = useFormat();
  const waste = useWaste({ ...search, agg: 'namespace', filter: '' });
  const { found } = waste;
  let body: ReactNode = <Loading />;
  if (waste.error && !found) body = <Failed error={waste.error} retry={waste.retry} what="Idle and waste" />;
  else if (found) {
    const { all, total } = found;
    const share = (value: number | null): string => format.share(value !== null && total ? value / total : null);
    if (!found.rows.length && !found.all.idle) return <Frame search={search}><Message title="Nothing is known of this window" /></Frame>;
    const wasters = [...found.rows].filter((one) => one.spare > 0).sort((a, b) => b.spare - a.spare);
    const [worst, others] = [wasters.slice(0, EACH), wasters.slice(EACH)];
    const way = { window: search.window, zone: search.zone };
    body = (
      <div className={`pb-1.5 ${waste.stale ? 'opacity-50' : ''}`}>
        <div className="border-b border-line px-3.5 py-2.5">
          <Parts
            whole={total}
            parts={[
              { part: 'used', title: 'Used', value: all.used },
              { part: 'spare', title: 'Requested, not used', value: all.spare },
              { part: 'idle', title: 'Idle', value: all.idle },
              { part: 'unmeasured', title: 'Use not measured (GPU, volumes, …)', value: restOf(all) },
            ]}
          />
        </div>
        <Head part="idle" title="Idle" amount={format.headline(all.idle)} share={`${share(all.idle)} of all`} />
        <Pools search={search} whole={all.idle} />
        <Head part="spare" title="Requested, not used" amount={format.headline(all.spare)} share={`${share(all.spare)} of all`} />
        <ul aria-label="Namespaces with most requested and not used">
          {worst.map((one) => {
            const name = one.groups[0] ?? '';
            return (
              <Line key={one.key} to={<Link to="/efficiency" search={{ ...way, agg: 'controller', filter: printFilter(termsOf('namespace', name)) }} className="truncate hover:underline">{nameOf(name, 'namespace')}</Link>} beside={`${format.share(unusedOf([one]))} not used`} amount={format.money(one.spare)} />
            );
          })}
          <Others
            count={others.length}
            to={(title) => <Link to="/efficiency" search={{ ...way, agg: 'namespace' }} className="truncate hover:underline">{title}</Link>}
            beside={others.length ? `${format.share(unusedOf(others))} not used` : ''}
            rest={format.rounding(worst.map((one) => one.spare), all.spare)}
          />
        </ul>
      </div>
    );
  }
  return <Frame search={search}>{body}</Frame>;
}

/** Of what is held and whose use is known, the part that is not used. */
function unusedOf(some: readonly { used: number; spare: number }[]): number | null {
  const [used, spare] = [sum(some.map((one) => one.used)), sum(some.map((one) => one.spare))];
  return used + spare > 0 ? spare / (used + spare) : null;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const Frame = ({ search, children }: { search: Search; children: ReactNode }) => (
  <Panel
    title={<>Idle and waste <span className="ml-1 text-sm font-normal text-ink3">{windowName(search.window)}</span></>}
    aside={<Link to="/efficiency" search={{ window: search.window, zone: search.zone }} className="link">Efficiency</Link>}
    className="min-h-[371px]"
  >
    {children}
  </Panel>
);

/** `whole`: all idle there is, to which the rows add up. */
function Pools({ search, whole }: { search: Search; whole: number | null }) {
  const format = useFormat();
  const nodes = useNodes(search.window, search.zone);
  if (nodes.error && !(nodes.load && nodes.kinds)) return <p className="px-3.5 py-1 text-sm text-ink3">By node it could not be loaded.</p>;
  if (!nodes.load || !nodes.kinds) return <div className="flex h-24 flex-col justify-evenly pr-3.5 pl-[31px]" role="status" aria-label="Loading"><div className="skel h-4" /><div className="skel h-4" /><div className="skel h-4" /><div className="skel h-4" /></div>;
  const { window, asOf } = nodes.load.view;
  const pools = poolsOf(nodes.load, nodes.kinds, hoursGoneBy(window.start, window.end, asOf)).filter((pool) => pool.idle > 0);
  const [worst, others] = [pools.slice(0, EACH), pools.slice(EACH)];
  const way = { window: search.window, zone: search.zone };
  const idleOf = (some: readonly Pool[]): string => format.share(sum(some.map((one) => one.cost)) ? sum(some.map((one) => one.idle)) / sum(some.map((one) => one.cost)) : null);
  return (
    <ul aria-label="Kinds of nodes with most idle">
      {worst.map((pool) => (
        <Line
          key={pool.key}
          to={<Link to="/infrastructure" search={{ ...way, ...nodesOf(pool) }} className="truncate hover:underline">{pool.kind || 'Nodes'} <span className="text-ink3">· {pool.cluster}</span></Link>}
          beside={`${idleOf([pool])} idle`}
          amount={format.money(pool.idle)}
        />
      ))}
      <Others
        count={others.length}
        to={(title) => <Link to="/infrastructure" search={{ ...way, agg: 'cluster,instanceType', filter: 'assetType:"node"' }} className="truncate hover:underline">{title}</Link>}
        beside={others.length ? `${idleOf(others)} idle` : ''}
        rest={format.rounding(worst.map((one) => one.idle), whole)}
      />
    </ul>
  );
}

/** What the rows above leave of their head, as both are shown. */
function Others({ count, to, beside, rest }: { count: number; to: (title: string) => ReactNode; beside: string; rest: number }) {
  const format = useFormat();
  if (rest === 0) return null;
  return <Line to={to(count === 0 ? 'The rest' : `${format.whole(count)} ${count === 1 ? 'other' : 'others'}`)} beside={beside} amount={format.money(rest)} />;
}

function Head({ part, title, amount, share }: { part: Part; title: string; amount: string; share: string }) {
  return (
    <div className="flex items-baseline gap-2 px-3.5 pt-2 pb-0.5">
      <Swatch part={part} />
      <h3 className="font-semibold">{title}</h3>
      <span className="num ml-auto text-xs text-ink3">{share}</span>
      <span className="num w-20 text-right font-semibold">{amount}</span>
    </div>
  );
}

function Line({ to, beside, amount }: { to: ReactNode; beside: string; amount: string }) {
  return (
    <li className="flex h-6 items-center gap-2 pr-3.5 pl-[31px] text-sm hover:bg-hover">
      <span className="flex min-w-0 flex-1">{to}</span>
      <span className="num shrink-0 text-xs text-ink3">{beside}</span>
      <span className="num w-20 shrink-0 text-right">{amount}</span>
    </li>
  );
}

const Loading = () => (
  <div className="flex flex-col gap-3 p-3.5" role="status" aria-label="Loading">
    <div className="skel h-8" />
    {Array.from({ length: 8 }, (_, row) => (
      <div key={row} className="skel h-5" />
    ))}
  </div>
);
