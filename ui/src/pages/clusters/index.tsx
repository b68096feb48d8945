/** Clusters: what each costs, and how far and how whole its data are. */
import { Boxes } from 'lucide-react';
import { useState, type ReactNode } from 'react';

import { CostChart } from '../../charts/CostChart';
import { ChangeOf, Stat } from '../../components/figures';
import { Page, Panel } from '../../components/Page';
import { Failed, Message, Skeleton } from '../../components/states';
import { WindowPicker } from '../../components/WindowPicker';
import { type Search, Table, useAddress, useAnswer, useSmallView } from '../../data';
import { UNKNOWN, useFormat } from '../../format';
import { ClusterTable } from './ClusterTable';
import { clusterLines, missingHours } from './lines';

const DEFAULTS: Partial<Search> = { sort: '-cost' };

export function Clusters() {
  const [search, set] = useAddress(DEFAULTS);
  const format = useFormat();
  const [lit, setLit] = useState<string | null>(null);
  const { window, zone } = search;
  const costs = useSmallView('/allocation/view', { window, zone, agg: 'cluster', idleRows: 'cluster', columns: 'total_cost,partial,efficiency', trend: true });
  const states = useAnswer<'Clusters'>('/clusters', { window, zone }, { everySeconds: 60 });
  const table = costs.data ? new Table(costs.data) : null;
  const lines = clusterLines(table, states.data?.clusters);
  const total = table ? table.number(table.total, 'total_cost') : null;
  const fresh = states.data?.clusters.filter((one) => one.state === 'fresh').length;
  const missing = states.data?.clusters.reduce((sum, one) => sum + (missingHours(one) ?? 0), 0);
  const span = costs.data?.window ?? states.data?.window;
  let body: ReactNode;
  if (costs.isError && !costs.data && states.isError && !states.data) body = <Failed error={costs.error} retry={() => void Promise.all([costs.refetch(), states.refetch()])} what="Clusters" />;
  else if (costs.isPending) body = <Skeleton chart={false} rows={6} />;
  else if (!lines.length) body = <Message icon={<Boxes size={22} />} title="No cluster is known yet">As soon as one tells its first hour it stands here.</Message>;
  else {
    body = (
      <div className={costs.isPlaceholderData || states.isPlaceholderData ? 'opacity-50' : ''}>
        <ClusterTable lines={lines} total={total} search={search} set={set} keys={costs.data?.series.keys ?? []} onLight={setLit} waiting={states.isPending && !states.isError} />
      </div>
    );
  }
  return (
    <Page
      title="Clusters"
      under={span ? `${format.window(span.start, span.end)} · ${format.zone}${states.data?.dataUntil ? ` · data until ${format.moment(states.data.dataUntil)}` : ''}` : ' '}
      figures={
        <>
          <Stat label="Cost, idle included" beside={table ? <ChangeOf now={total} before={table.before(table.total)} /> : undefined}>{table ? format.headline(total) : costs.isError ? UNKNOWN : <span className="skel inline-block h-5 w-24" />}</Stat>
          <Stat label="Fresh">{states.data ? `${format.whole(fresh)} of ${format.whole(states.data.clusters.length)}` : UNKNOWN}</Stat>
          <Stat label="Hours missing" title="Of all clusters, in this window">{states.data ? format.whole(missing) : UNKNOWN}</Stat>
        </>
      }
      controls={<WindowPicker window={search.window} zone={search.zone} set={set} />}
    >
      <div className="flex flex-col gap-3 px-4 md:px-5">
        <Panel title="Cost, idle apart" aside={costs.data?.partial ? '* more to come' : ''} className="min-h-[248px]">
          {costs.data ? <div className={`pt-1 ${costs.isPlaceholderData ? 'opacity-50' : ''}`}><CostChart view={costs.data} kind="bars" lit={lit} height={204} /></div> : costs.isError ? <Failed error={costs.error} retry={() => void costs.refetch()} what="What clusters cost" /> : <div className="p-3"><div className="skel h-[184px]" role="status" aria-label="Loading" /></div>}
        </Panel>
        <Panel className="overflow-hidden">{body}</Panel>
        {states.isError && lines.length > 0 && <Trouble what="How fresh data are" error={states.error} retry={() => void states.refetch()} />}
        {states.data && (
          <p className="px-1 text-sm text-ink3">
            Fresh: the last known hour ended at most {format.duration(states.data.thresholds.behindSeconds)} ago. Behind: at most {format.duration(states.data.thresholds.silentSeconds)} ago. Silent: longer. An hour is
            missing where it lies between the first known hour of its cluster and the last of any cluster.
          </p>
        )}
      </div>
    </Page>
  );
}

function Trouble({ what, error, retry }: { what: string; error: Error; retry: () => void }) {
  return (
    <p role="alert" className="flex flex-wrap items-center gap-2 px-1 text-sm text-up">
      {what} could not be loaded: {error.message}
      <button type="button" className="btn" onClick={retry}>Try again</button>
    </p>
  );
}
