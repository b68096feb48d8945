/** One workload: what it costs, how its use compares with what it asks for, and how the cost is made. */
import { Link } from '@tanstack/react-router';
import { Workflow } from 'lucide-react';
import { useEffect, useMemo } from 'react';

import { FilterBar } from '../../components/FilterBar';
import { ChangeOf, Stat } from '../../components/figures';
import { Page } from '../../components/Page';
import { Failed, FiguresSkeleton, Message, NothingMatches } from '../../components/states';
import { hoursGoneBy } from '../../components/windows';
import { filterProblemOf, type Search, Table, useAddress } from '../../data';
import { monthly, useFormat } from '../../format';
import { aboutOf, stepsOf, type About } from './about';
import { Controls } from './Controls';
import { CostPanel } from './CostPanel';
import { Labels } from './Labels';
import { Made } from './Made';
import { Pods } from './Pods';
import { sharesIdle, useCosts, useUsage, useWorkload } from './questions';
import { UsagePanel } from './UsagePanel';

const DEFAULTS: Partial<Search> = { agg: '' };

export function Workload() {
  const [search, set] = useAddress(DEFAULTS);
  const format = useFormat();
  const view = useWorkload(search);
  // What stood here of another workload is not shown under this one's name.
  const told = view.isPlaceholderData ? undefined : view.data;
  const table = useMemo(() => (told ? new Table(told) : null), [told]);
  const about = useMemo(() => aboutOf(search.filter, table), [search.filter, table]);
  const costs = useCosts(search);
  const usage = useUsage(search, view.data?.window);
  const title = about.name || 'Workload';
  useTitle(title);
  if (!search.filter) return <NoneChosen />;
  const cost = table ? table.number(table.total, 'total_cost') : null;
  const by = search.agg || (about.pod ? 'container' : 'pod');
  const problem = filterProblemOf(view.error);
  return (
    <Page
      title={title}
      under={<Under about={about} search={search} when={table ? `${format.window(table.view.window.start, table.view.window.end)}${table.view.partial ? `, known until ${format.moment(table.view.asOf)}` : ''}` : ''} />}
      figures={table ? <Headline table={table} search={search} /> : view.isError ? null : <FiguresSkeleton />}
      controls={
        <div className="flex flex-col gap-2">
          <Controls search={search} set={set} />
          <FilterBar filter={search.filter} onChoose={(filter) => set({ filter })} problem={problem} />
        </div>
      }
    >
      {view.isError && !table ? (
        <div className="panel mx-4 flex min-h-72 md:mx-5"><Failed error={view.error} retry={() => void view.refetch()} what="This workload" /></div>
      ) : table?.view.rowCount === 0 ? (
        <div className="panel mx-4 flex min-h-72 md:mx-5"><NothingMatches what="Nothing in this window is what is asked for. Another window may have it." filtered clear={() => set({ filter: '' })} /></div>
      ) : (
        <div className="flex flex-col gap-3 px-4 md:px-5">
          <CostPanel costs={costs} shared={sharesIdle(search)} chart={search.chart === 'area' ? 'area' : 'bars'} />
          <UsagePanel usage={usage} />
          <Pods search={search} set={set} by={by} />
          <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <Made search={search} cost={cost} />
            <Labels search={search} />
          </div>
        </div>
      )}
    </Page>
  );
}

function Headline({ table, search }: { table: Table; search: Search }) {
  const format = useFormat();
  const { view, total } = table;
  const cost = table.number(total, 'total_cost');
  const hours = hoursGoneBy(view.window.start, view.window.end, view.asOf);
  return (
    <>
      <Stat label={sharesIdle(search) ? 'Cost with idle received' : 'Cost'} beside={search.compare === 'previous' ? <ChangeOf now={cost} before={table.before(total)} /> : undefined}>
        <span data-testid="total">{format.headline(cost)}</span>
        {table.flag(total, 'partial') && <span className="tag tag-warn ml-2" title="Something in here has no price: it is not in this sum">+ unpriced</span>}
      </Stat>
      <Stat label="A month at this rate" title={`Over the ${format.count(hours)} hours that have gone by, times 730`}>{format.short(cost === null || hours <= 0 ? null : monthly(cost / hours))}</Stat>
      <Stat label="CPU efficiency" title="Used of what was requested">{format.share(table.number(total, 'cpu_efficiency'))}</Stat>
      <Stat label="RAM efficiency" title="Used of what was requested">{format.share(table.number(total, 'ram_efficiency'))}</Stat>
    </>
  );
}

/** What it is and where: each step leads on. */
function Under({ about, search, when }: { about: About; search: Search; when: string }) {
  const format = useFormat();
  const steps = stepsOf(about);
  const { window, zone } = search;
  const many = (names: readonly string[], what: string): string => (names.length > 1 ? `${format.whole(names.length)} ${what}` : '');
  const more = [many(about.clusters, 'clusters'), about.clusters.length === 1 ? many(about.namespaces, 'namespaces') : ''].filter(Boolean);
  return (
    <nav aria-label="The way here" className="flex flex-wrap items-center gap-x-1.5">
      {about.kind && <span className="tag mr-1">{about.kind}</span>}
      {steps.map((step, place) => (
        <span key={step.kind} className="flex items-center gap-1.5">
          <Link to={step.to} search={{ window, zone, ...step.search }} className="underline-offset-2 hover:text-accent hover:underline" title={`This ${step.kind}`}>{step.title}</Link>
          {(about.name || place < steps.length - 1) && <span aria-hidden="true">›</span>}
        </span>
      ))}
      {about.name && <span className="text-ink2">{about.name}</span>}
      {more.length > 0 && <span>in {more.join(', ')}</span>}
      {when && <span>{about.name || steps.length ? '· ' : ''}{when}</span>}
    </nav>
  );
}

function NoneChosen() {
  return (
    <Page title="Workload">
      <div className="panel mx-4 flex min-h-72 md:mx-5">
        <Message icon={<Workflow size={22} />} title="No workload is chosen" action={<Link to="/allocations" search={{ agg: 'controller' }} className="btn">All controllers</Link>}>
          This page is about what its filter keeps: a controller, a pod, or anything else that can be filtered.
        </Message>
      </div>
    </Page>
  );
}

/** The frame names the pages of the navigation in an effect of its own, which comes after this one: so a moment later. */
function useTitle(title: string): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      document.title = `${title} · Farthing`;
    });
    return () => clearTimeout(timer);
  }, [title]);
}
