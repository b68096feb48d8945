/** Efficiency: what is paid for and not used, by who asked for it, and by the nodes that nobody filled. */
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';

import { FilterBar } from '../../components/FilterBar';
import { Stat } from '../../components/figures';
import { Page, Panel } from '../../components/Page';
import { FiguresSkeleton } from '../../components/states';
import { hoursGoneBy } from '../../components/windows';
import { filterProblemOf, type Search, useAddress, useMeta } from '../../data';
import { titleOf, useFormat } from '../../format';
import { factorOf } from '../../components/rates';
import { Controls } from './Controls';
import { wayInto } from './drill';
import { IdleNodes } from './IdleNodes';
import { useWaste, type Found } from './questions';
import { Ranking } from './Ranking';
import { efficiencyOf, wasted, type Waste } from './waste';
import { Whole } from './Whole';

const DEFAULTS: Partial<Search> = { agg: 'namespace', sort: '-wasted', rate: 'month' };
const PER: Record<string, string> = { hour: ' an hour', day: ' a day', month: ' a month' };

export function EfficiencyPage() {
  const [search, set] = useAddress(DEFAULTS);
  const format = useFormat();
  const meta = useMeta();
  const navigate = useNavigate();
  const answer = useWaste(search);
  const { found } = answer;
  const hours = found ? hoursGoneBy(found.window.start, found.window.end, found.asOf) : 0;
  const factor = factorOf(search.rate, hours);
  const per = PER[search.rate] ?? '';
  const open = useCallback(
    (row: Waste): void => {
      const way = wayInto(search, row.groups);
      if (way?.to === '/workload') void navigate({ to: '/workload', search: way.search });
      else if (way) set(way.search);
    },
    [search, set, navigate],
  );
  const problem = filterProblemOf(answer.error);
  const groups = search.agg.split(',').map((group) => titleOf(group).toLowerCase()).join(' and ');
  return (
    <Page
      title="Efficiency"
      under={found ? `${format.window(found.window.start, found.window.end)} · ${search.agg === 'all' ? 'everything together' : `by ${groups}`}${found.partial ? ` · known until ${format.moment(found.asOf)}` : ''}` : ''}
      figures={found ? <div className={`flex flex-wrap items-end gap-y-2 ${answer.stale ? 'opacity-50' : ''}`}><Headline found={found} factor={factor} per={per} /></div> : answer.error ? null : <FiguresSkeleton />}
      controls={
        <div className="flex flex-col gap-2">
          <Controls search={search} set={set} meta={meta.data} />
          <FilterBar filter={search.filter} onChoose={(filter) => set({ filter })} problem={problem} />
        </div>
      }
    >
      <div className="flex flex-col gap-3 px-4 md:px-5">
        {!(answer.error && !found) && (
          <Panel title={`Where the money goes${per ? `,${per}` : ''}`} className="min-h-[306px] md:min-h-[258px] lg:min-h-[172px]">
            {found ? <div className={answer.stale ? 'opacity-50' : ''}><Whole all={found.all} total={found.total} factor={factor} per={per} /></div> : <div className="p-3.5"><div className="skel h-[96px]" role="status" aria-label="Loading" /></div>}
          </Panel>
        )}
        <Ranking search={search} set={set} answer={answer} factor={factor} hours={hours} onOpen={open} />
        <IdleNodes search={search} factor={factor} per={per} />
      </div>
    </Page>
  );
}

function Headline({ found, factor, per }: { found: Found; factor: number; per: string }) {
  const format = useFormat();
  const scaled = (value: number | null): string => format.headline(value === null ? null : value * factor);
  return (
    <>
      <Stat label={`Cost${per}`} title="Own costs and idle"><span data-testid="total">{scaled(found.total)}</span></Stat>
      <Stat label={`Wasted${per}`} title="CPU and RAM that were held and not used"><span data-testid="wasted">{scaled(wasted(found.all))}</span></Stat>
      <Stat label="CPU efficiency" title="Used of what was requested">{format.share(efficiencyOf(found.all.cpu))}</Stat>
      <Stat label="RAM efficiency" title="Used of what was requested">{format.share(efficiencyOf(found.all.ram))}</Stat>
    </>
  );
}
