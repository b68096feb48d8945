/** Who held an asset: of a node its namespaces, of a volume the one that claims it. */
import { Link } from '@tanstack/react-router';

import { Failed } from '../../components/states';
import { printFilter, Table, useSmallView, type Patch, type Search } from '../../data';
import { nameOf, useFormat } from '../../format';
import { Section } from './AssetPanel';
import { nodeFilter } from './groups';

const MOST = 12;

interface Props {
  cluster: string;
  name: string;
  type: string;
  /** Of the claim; empty where there is none. */
  namespace: string;
  search: Search;
}

export function Holders({ cluster, name, type, namespace, search }: Props) {
  const carried: Patch = { window: search.window, zone: search.zone };
  if (type === 'Node') return <OfNode cluster={cluster} node={name} carried={carried} />;
  if (!namespace) return null;
  const filter = printFilter([{ field: 'cluster', operator: ':', values: [cluster] }, { field: 'namespace', operator: ':', values: [namespace] }]);
  return (
    <Section title="Who claims it">
      <p className="text-sm text-ink2">
        Its claim is in{' '}
        <Link to="/allocations" search={{ ...carried, agg: 'controller', filter }} className="link">{namespace}</Link>.
      </p>
    </Section>
  );
}

function OfNode({ cluster, node, carried }: { cluster: string; node: string; carried: Patch }) {
  const format = useFormat();
  const filter = nodeFilter(cluster, node);
  const view = useSmallView('/allocation/view', { ...carried, agg: 'namespace', filter, idle: 'separate', sharing: 'none', step: 'all', compare: 'none', trend: false, columns: 'total_cost' });
  const table = view.data ? new Table(view.data) : null;
  const all = table ? table.number(table.total, 'total_cost') : null;
  const shown = table ? [...table.rows.slice(0, MOST), ...table.idle] : [];
  const more = table ? table.rows.length - MOST : 0;
  return (
    <Section title="Who held it" aside="by namespace, what is mounted included">
      {view.isError && !table ? (
        <Failed error={view.error} retry={() => void view.refetch()} what="Who held it" />
      ) : !table ? (
        <div className="skel h-24" role="status" aria-label="Loading" />
      ) : (
        <ul className="flex flex-col">
          {shown.map((row) => {
            const cost = table.number(row, 'total_cost');
            const name = row.idle ? nameOf('__idle__') : nameOf(table.text(row, 'namespace'), 'namespace');
            const terms = `${filter}+${printFilter([{ field: 'namespace', operator: ':', values: [table.text(row, 'namespace')] }])}`;
            return (
              <li key={row.name} className="grid min-h-6 grid-cols-[minmax(0,1fr)_72px_84px_48px] items-center gap-2 text-sm">
                {row.idle ? <em className="truncate text-ink2">{name}</em> : <Link to="/allocations" search={{ ...carried, agg: 'controller', filter: terms }} className="truncate py-[3px] underline-offset-2 hover:text-accent hover:underline">{name}</Link>}
                <span className="h-1.5 overflow-hidden rounded-full bg-sunk" aria-hidden="true">
                  <span className={`block h-full ${row.idle ? 'hatch' : ''}`} style={{ width: `${cost !== null && all ? Math.min(100, (cost / all) * 100) : 0}%`, backgroundColor: row.idle ? 'var(--idle)' : 'var(--s0)' }} />
                </span>
                <span className="num text-right">{format.money(cost)}</span>
                <span className="num text-right text-ink3">{format.share(cost !== null && all ? cost / all : null)}</span>
              </li>
            );
          })}
          {more > 0 && (
            <li className="text-sm">
              <Link to="/allocations" search={{ ...carried, agg: 'namespace', filter }} className="link">{format.whole(more)} more</Link>
            </li>
          )}
        </ul>
      )}
    </Section>
  );
}
