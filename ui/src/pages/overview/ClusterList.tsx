/** Clusters, in few words: what each costs, and whether its data are there. */
import { Link } from '@tanstack/react-router';

import { Efficiency, Spark } from '../../components/figures';
import { Failed } from '../../components/states';
import { printFilter, Table, termsOf, useAnswer, type Search } from '../../data';
import { useFormat } from '../../format';
import { FreshnessOf } from '../clusters/Freshness';
import { clusterLines } from '../clusters/lines';
import { useClusterCosts } from './questions';

export function ClusterList({ search }: { search: Search }) {
  const format = useFormat();
  const costs = useClusterCosts(search);
  const states = useAnswer<'Clusters'>('/clusters', { window: search.window, zone: search.zone }, { everySeconds: 60 });
  if (costs.isError && !costs.data) return <Failed error={costs.error} retry={() => void costs.refetch()} what="Clusters" />;
  if (!costs.data) return <div className="flex flex-col gap-2 p-3.5" role="status" aria-label="Loading"><div className="skel h-6" /><div className="skel h-6" /><div className="skel h-6" /></div>;
  const table = new Table(costs.data);
  const total = table.number(table.total, 'total_cost');
  const lines = clusterLines(table, states.data?.clusters);
  const head = 'px-3.5 py-1.5 text-left font-medium text-ink2';
  const cell = 'px-3.5 py-1.5';
  return (
    <div className="relative overflow-x-auto">
      <table className={`w-full text-sm ${costs.isPlaceholderData ? 'opacity-50' : ''}`}>
        <thead className="bg-sunk text-xs">
          <tr>
            <th scope="col" className={head}>Cluster</th>
            <th scope="col" className={`${head} text-right`}>Cost with idle</th>
            <th scope="col" className={`${head} text-right`}>Share</th>
            <th scope="col" className={head}>Trend</th>
            <th scope="col" className={`${head} text-right`}>Idle</th>
            <th scope="col" className={`${head} text-right`}>Efficiency</th>
            <th scope="col" className={head}>Data</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((one) => (
            <tr key={one.name} className="border-t border-line hover:bg-hover">
              <td className={`${cell} font-medium whitespace-nowrap`}>
                <Link to="/allocations" search={{ window: search.window, zone: search.zone, filter: printFilter(termsOf('cluster', one.name)) }} className="hover:underline">{one.name}</Link>
              </td>
              <td className={`${cell} num text-right`}>{format.money(one.cost)}</td>
              <td className={`${cell} num text-right text-ink2`}>{format.share(one.cost !== null && total ? one.cost / total : null)}</td>
              <td className={cell}><Spark values={one.trend} width={96} /></td>
              <td className={`${cell} num text-right`}>{format.share(one.cost && one.idle !== null ? one.idle / one.cost : null)}</td>
              <td className={`${cell} text-right`}><Efficiency value={one.efficiency} /></td>
              <td className={cell}><FreshnessOf state={one.state ?? undefined} loading={states.isPending} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
