/** Before the first data: what Farthing reads, how to point it there, and how far it is. It gives way to the overview by itself. */
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleDashed, LoaderCircle, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { Command } from '../../components/Command';
import { Loops } from '../../components/Loops';
import { Page, Panel } from '../../components/Page';
import { metaQuery, useAnswer, type Schemas } from '../../data';
import { useFormat } from '../../format';

const EVERY_MS = 5000;

export function FirstRun() {
  useQuery({ ...metaQuery, refetchInterval: EVERY_MS });
  const status = useAnswer<'Status'>('/status', {}, { everySeconds: 5 });
  const doctor = useAnswer<'Doctor'>('/doctor', {}, { everySeconds: 10 });
  const { data } = status;
  const asking = (data?.loops ?? []).filter((loop) => ['collect', 'scrape', 'samples'].includes(loop.name));
  const bad = (data?.loops ?? []).filter((loop) => !loop.ok);
  const history = data?.history;
  return (
    <Page title="Nothing to show yet" under="Farthing has no costs so far. This page becomes the overview as soon as the first hour of data is there.">
      <div className="grid max-w-[1100px] grid-cols-1 gap-3 px-4 md:px-5 lg:grid-cols-2">
        <Panel title="From no data to costs">
          <ol className="flex flex-col">
            <Step state={asking.some((loop) => loop.rounds > 0) ? 'done' : bad.length ? 'bad' : asking.length ? 'now' : 'open'} title="A source of measurements">
              <p>Farthing reads a Prometheus (or what answers like one) that scrapes kube-state-metrics and the kubelet’s cAdvisor, or the two themselves where there is none.</p>
              <Command>farthing up --prometheus http://prometheus.monitoring:9090</Command>
            </Step>
            <Step state={data && history && history.done > 0 ? 'done' : data?.building ? 'now' : 'open'} title="The first hours">
              <p>What the source still has of the past is read hour by hour, the newest first. An hour can be told once it is over.</p>
              {data?.building && <p className="num font-medium text-ink">{format(history)}</p>}
            </Step>
            <Step state={data?.ready ? 'done' : 'open'} title="Costs">
              <p>Each hour is priced by the price book and kept. The first figures appear here.</p>
            </Step>
          </ol>
        </Panel>
        <Panel title="What works now" aside={data ? <At iso={data.now} /> : ''}>
          {status.isError && !data ? (
            <p className="p-3.5 text-sm text-up">{status.error.message}</p>
          ) : !data ? (
            <div className="p-3.5"><div className="skel h-24" role="status" aria-label="Loading" /></div>
          ) : (
            <Loops status={data} />
          )}
        </Panel>
        <Panel title="What stands in the way" className="lg:col-span-2" aside={<Link to="/doctor" className="link">Doctor</Link>}>
          <div className="flex flex-col gap-2 p-3.5 text-sm text-ink2">
            <p>Doctor asks your source what Farthing needs and says what is missing, with the cure. The same in a terminal:</p>
            <Command>farthing doctor --prometheus http://prometheus.monitoring:9090</Command>
            {doctor.data && doctor.data.findings.length > 0 && (
              <ul className="mt-1 flex flex-col gap-2">
                {doctor.data.findings.slice(0, 5).map((one, place) => (
                  <li key={place}>
                    <span className={`tag mr-1.5 ${one.severity === 'error' ? 'tag-bad' : one.severity === 'warning' ? 'tag-warn' : ''}`}>{one.severity}</span>
                    <span className="font-medium text-ink">{one.title}</span>
                    {one.cure && <span className="block">{one.cure}</span>}
                  </li>
                ))}
              </ul>
            )}
            {doctor.data?.problem && <p className="text-up">{doctor.data.problem}{doctor.data.cure ? ` ${doctor.data.cure}` : ''}</p>}
            <p className="text-ink3">To look at Farthing with clusters that are made up: <code>farthing demo</code>.</p>
          </div>
        </Panel>
      </div>
    </Page>
  );
}

const format = (history: Schemas['HistoryModel'] | undefined): string => (history ? (history.total === null ? `${history.done} hours so far` : `${history.done} of ${history.total} hours`) : '');

const ICONS = { done: <CircleCheck size={16} className="text-down" />, now: <LoaderCircle size={16} className="animate-spin text-accent" />, bad: <TriangleAlert size={16} className="text-up" />, open: <CircleDashed size={16} className="text-ink3" /> };
const WORDS = { done: 'done', now: 'on its way', bad: 'fails, see beside', open: 'to come' };

function Step({ state, title, children }: { state: keyof typeof ICONS; title: string; children: ReactNode }) {
  return (
    <li className="flex gap-3 border-b border-line px-3.5 py-3 last:border-b-0">
      <span className="mt-0.5 shrink-0" aria-hidden="true">{ICONS[state]}</span>
      <div className="flex min-w-0 flex-1 flex-col gap-1.5 text-sm text-ink2">
        <h3 className="text-base font-semibold text-ink">{title} <span className="text-sm font-normal text-ink3">· {WORDS[state]}</span></h3>
        {children}
      </div>
    </li>
  );
}

function At({ iso }: { iso: string }) {
  const shown = useFormat();
  return <>{shown.moment(iso)}</>;
}
