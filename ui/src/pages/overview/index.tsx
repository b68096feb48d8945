/** Overview: whose money, how much, what changed and why, how much is idle, and what to do first. */
import { Link } from '@tanstack/react-router';

import { Page, Panel } from '../../components/Page';
import { Failed } from '../../components/states';
import { WindowPicker } from '../../components/WindowPicker';
import { type Meta, type Search, useAddress, useMeta } from '../../data';
import { useFormat } from '../../format';
import { ClusterList } from './ClusterList';
import { DoFirst } from './DoFirst';
import { FirstRun } from './FirstRun';
import { Headline } from './Headline';
import { Movers } from './Movers';
import { usePace } from './questions';
import { Spend } from './Spend';
import { Trust } from './Trust';
import { Waste } from './Waste';

const DEFAULTS: Partial<Search> = { window: '30d' };

export function Overview() {
  const meta = useMeta();
  if (meta.data?.clusters.length === 0) return <FirstRun />;
  if (meta.isError && !meta.data) {
    return (
      <div className="flex h-full">
        <Failed error={meta.error} retry={() => void meta.refetch()} what="The overview" />
      </div>
    );
  }
  return <Found meta={meta.data} />;
}

function Found({ meta }: { meta: Meta | undefined }) {
  const [search, set] = useAddress(DEFAULTS);
  const pace = usePace(search);
  return (
    <Page title="Overview" under={meta ? <Whose meta={meta} /> : ' '} figures={<WindowPicker window={search.window} zone={search.zone} set={set} />}>
      <div className="flex flex-col gap-3 px-4 md:px-5">
        <Headline search={search} pace={pace.pace} />
        <Spend search={search} set={set} meta={meta} pace={pace.pace} />
        <div className="grid grid-cols-1 gap-3 lg:grid-cols-2 xl:grid-cols-3">
          <Movers search={search} pace={pace} />
          <Waste search={search} />
          <DoFirst search={search} pace={pace} className="lg:col-span-2 xl:col-span-1" />
        </div>
        <Panel title="Clusters" aside={<Link to="/clusters" search={{ window: search.window, zone: search.zone }} className="link">All about them</Link>}>
          <ClusterList search={search} />
        </Panel>
        <Trust search={search} meta={meta} />
      </div>
    </Page>
  );
}

/** Whose money it is: every cluster by name. */
function Whose({ meta }: { meta: Meta }) {
  const format = useFormat();
  const { clusters } = meta;
  const names = clusters.slice(0, 4).map((one) => one.name).join(', ');
  const more = clusters.length > 4 ? ` and ${format.whole(clusters.length - 4)} more` : '';
  return (
    <>
      {meta.simulated ? 'Wren & Co, a demo: ' : ''}
      {format.whole(clusters.length)} {clusters.length === 1 ? 'cluster' : 'clusters'} ({names}
      {more}), in {meta.currency}
    </>
  );
}
