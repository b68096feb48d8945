/** Idle and waste: what nobody held, what was requested and not used, and where most of both is. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { BANDS, Bands, type Band } from '../../components/Bands';
import { Panel } from '../../components/Page';
import { Failed, Message } from '../../components/states';
import { printFilter, termsOf, type Search } from '../../data';
import { nameOf, useFormat } from '../../format';
import { useWaste } from '../efficiency/questions';
import { restOf } from '../efficiency/waste';
import { nodesOf, poolsOf } from './pools';
import { hoursOf } from './periods';
import { useNodes } from './questions';

const EACH = 4;

export function Waste({ search }: { search: Search }) {
  const format = useFormat();
  const waste = useWaste({ ...search, agg: 'namespace', filter: '' });
  const { found } = waste;
  let body: ReactNode = <Loading />;
  if (waste.error && !found) body = <Failed error={waste.error} retry={waste.retry} what="Idle and waste" />;
  else if (found) {
    const { all, total } = found;
    const values: Record<Band, number | null> = { used: all.used, spare: all.spare, idle: all.idle };
    const share = (value: number | null): string => format.share(value !== null && total ? value / total : null);
    if (!found.rows.length && !found.all.idle) return <Frame search={search}><Message title="Nothing is known of this window" /></Frame>;
    const worst = [...found.rows].filter((one) => one.spare > 0).sort((a, b) => b.spare - a.spare).slice(0, EACH);
    const way = { window: search.window, zone: search.zone };
    body = (
      <div className={`pb-2 ${waste.stale ? 'opacity-50' : ''}`}>
        <div className="border-b border-line px-3.5 py-2.5">
          <Bands values={values} whole={total ?? 0} height={14} label={`Used ${share(all.used)}, requested and not used ${share(all.spare)}, held by nobody ${share(all.idle)}, use not measured ${share(restOf(all))}`} />
          <div className="mt-1.5 flex flex-wrap gap-x-4 text-xs text-ink3">
            <span>used <span className="num">{share(all.used)}</span></span>
            <span>use not measured (GPU, volumes, …) <span className="num">{share(restOf(all))}</span></span>
          </div>
        </div>
        <Idle band="idle" title="Nobody held it" amount={format.headline(all.idle)} share={share(all.idle)} />
        <Pools search={search} />
        <Idle band="spare" title="Requested and not used" amount={format.headline(all.spare)} share={share(all.spare)} />
        <ul aria-label="Namespaces with most requested and not used">
          {worst.map((one) => {
            const name = one.groups[0] ?? '';
            return (
              <Line key={one.key} to={<Link to="/efficiency" search={{ ...way, agg: 'controller', filter: printFilter(termsOf('namespace', name)) }} className="truncate hover:underline">{nameOf(name, 'namespace')}</Link>} beside={`${format.share(one.used + one.spare > 0 ? one.spare / (one.used + one.spare) : null)} not used`} amount={format.money(one.spare)} />
            );
          })}
        </ul>
      </div>
    );
  }
  return <Frame search={search}>{body}</Frame>;
}

const Frame = ({ search, children }: { search: Search; children: ReactNode }) => (
  <Panel title="Idle and waste" aside={<Link to="/efficiency" search={{ window: search.window, zone: search.zone }} className="link">Efficiency</Link>} className="min-h-[371px]">
    {children}
  </Panel>
);

function Pools({ search }: { search: Search }) {
  const format = useFormat();
  const nodes = useNodes(search.window, search.zone);
  if (nodes.error && !(nodes.load && nodes.kinds)) return <p className="px-3.5 py-1 text-sm text-ink3">By node it could not be loaded.</p>;
  if (!nodes.load || !nodes.kinds) return <div className="flex h-24 flex-col justify-evenly pr-3.5 pl-[31px]" role="status" aria-label="Loading"><div className="skel h-4" /><div className="skel h-4" /><div className="skel h-4" /><div className="skel h-4" /></div>;
  const { window, asOf, partial } = nodes.load.view;
  const pools = poolsOf(nodes.load, nodes.kinds, hoursOf({ start: window.start, end: partial && asOf < window.end ? asOf : window.end }));
  return (
    <ul aria-label="Kinds of nodes with most idle">
      {pools.slice(0, EACH).map((pool) => (
        <Line
          key={pool.key}
          to={<Link to="/infrastructure" search={{ window: search.window, zone: search.zone, ...nodesOf(pool) }} className="truncate hover:underline">{pool.kind || 'Nodes'} <span className="text-ink3">· {pool.cluster}</span></Link>}
          beside={`${format.share(pool.cost ? pool.idle / pool.cost : null)} idle`}
          amount={format.money(pool.idle)}
        />
      ))}
    </ul>
  );
}

function Idle({ band, title, amount, share }: { band: Band; title: string; amount: string; share: string }) {
  return (
    <div className="flex items-baseline gap-2 px-3.5 pt-2 pb-0.5">
      <span aria-hidden="true" className={`size-[9px] rounded-[2px] ${BANDS[band].hatch ? 'hatch' : ''}`} style={{ backgroundColor: BANDS[band].colour }} />
      <h3 className="font-semibold">{title}</h3>
      <span className="num ml-auto font-semibold">{amount}</span>
      <span className="num w-12 text-right text-sm text-ink3">{share}</span>
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
