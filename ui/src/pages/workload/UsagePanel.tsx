/** Use against request: lines over time, and how the hours are spread. */
import { useMemo } from 'react';

import { Panel } from '../../components/Page';
import { Failed } from '../../components/states';
import { hoursGoneBy } from '../../components/windows';
import type { Schemas } from '../../data';
import { useFormat } from '../../format';
import { MOST_DAYS_BY_HOUR, type useUsage } from './questions';
import { numberOf } from './resources';
import { blindSteps, lastRequest, points, spreadOf, type Point } from './usage';
import { UsageChart } from './UsageChart';

const GIB = 1024 ** 3;

export function UsagePanel({ usage }: { usage: ReturnType<typeof useUsage> }) {
  const { told, byHour } = usage;
  return (
    <Panel title="Usage against request" aside={<Key />}>
      {told.isError && !told.data ? (
        <Failed error={told.error} retry={() => void told.refetch()} what="Usage" />
      ) : !told.data ? (
        <div className="grid gap-3 p-3.5 lg:grid-cols-2" role="status" aria-label="Loading"><div className="skel h-[204px]" /><div className="skel h-[204px]" /><div className="skel h-[112px] lg:col-span-2" /></div>
      ) : (
        <div className={told.isPlaceholderData ? 'opacity-50' : ''}>
          <Filled timeline={told.data} byHour={byHour} />
        </div>
      )}
    </Panel>
  );
}

function Filled({ timeline, byHour }: { timeline: Schemas['Timeline']; byHour: boolean }) {
  const format = useFormat();
  const cpu = useMemo(() => points(timeline, 'cpu_core_hours'), [timeline]);
  const ram = useMemo(() => points(timeline, 'ram_gib_hours'), [timeline]);
  const texts = useMemo(() => {
    const bytes = (value: number | null): string => format.bytes(value === null ? null : value * GIB);
    return { cores: (value: number | null): string => format.cores(value), bytes, coresAxis: (value: number): string => (value === 0 ? '0' : format.cores(value)), bytesAxis: (value: number): string => (value === 0 ? '0' : bytes(value)) };
  }, [format]);
  const blind = Math.max(blindSteps(cpu), blindSteps(ram));
  return (
    <>
      <div className="grid lg:grid-cols-2">
        <UsageChart title="CPU" points={cpu} byHour={byHour} text={texts.cores} axis={texts.coresAxis} />
        <UsageChart title="RAM" points={ram} byHour={byHour} text={texts.bytes} axis={texts.bytesAxis} />
      </div>
      <SpreadTable timeline={timeline} byHour={byHour} cpu={cpu} ram={ram} cores={texts.cores} bytes={texts.bytes} />
      <p className="px-3.5 py-2 text-sm text-ink3">
        {byHour
          ? 'Percentiles are of hourly averages of all pods together: within an hour use may have been higher.'
          : `Averages over each step. Percentiles are of hours, and told for windows of up to ${MOST_DAYS_BY_HOUR} days.`}
        {blind > 0 && ` In ${format.whole(blind)} ${byHour ? (blind === 1 ? 'hour' : 'hours') : blind === 1 ? 'step' : 'steps'} use is not known: the line has gaps there.`}
      </p>
    </>
  );
}

interface SpreadProps {
  timeline: Schemas['Timeline'];
  byHour: boolean;
  cpu: readonly Point[];
  ram: readonly Point[];
  cores: (value: number | null) => string;
  bytes: (value: number | null) => string;
}

function SpreadTable({ timeline, byHour, cpu, ram, cores, bytes }: SpreadProps) {
  const hours = hoursGoneBy(timeline.window.start, timeline.window.end, timeline.asOf);
  const average = (column: string): number | null => {
    const value = numberOf(timeline, timeline.total, column);
    return value === null || hours <= 0 ? null : value / hours;
  };
  const rows = [
    { title: 'CPU', of: cpu, text: cores, requested: average('cpu_core_hours_requested'), used: average('cpu_core_hours_used') },
    { title: 'RAM', of: ram, text: bytes, requested: average('ram_gib_hours_requested'), used: average('ram_gib_hours_used') },
  ];
  const heads = ['Requested', 'Last requested', 'Used', ...(byHour ? ['p50', 'p95', 'p99', 'Max', 'Hours known'] : [])];
  return (
    // A scroller of its own, which the keyboard must reach.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
    <div className="overflow-x-auto border-t border-line" role="region" aria-label="Usage in figures" tabIndex={0}>
      <table className="num w-full min-w-[560px] text-sm">
        <thead>
          <tr className="bg-sunk text-xs text-ink2">
            <th scope="col" className="px-3.5 py-1.5 text-left font-medium">Average over the window</th>
            {heads.map((head) => <th key={head} scope="col" className="px-3 py-1.5 text-right font-medium whitespace-nowrap">{head}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ title, of, text, requested, used }) => {
            const spread = byHour ? spreadOf(of) : null;
            return (
              <tr key={title} className="border-t border-line">
                <th scope="row" className="px-3.5 py-1.5 text-left font-medium">{title}</th>
                <Cell>{text(requested)}</Cell>
                <Cell>{text(lastRequest(of))}</Cell>
                <Cell>{text(used)}</Cell>
                {byHour && (
                  <>
                    <Cell>{text(spread?.p50 ?? null)}</Cell>
                    <Cell>{text(spread?.p95 ?? null)}</Cell>
                    <Cell>{text(spread?.p99 ?? null)}</Cell>
                    <Cell>{text(spread?.max ?? null)}</Cell>
                    <Cell>{spread?.count ?? 0}</Cell>
                  </>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const Cell = ({ children }: { children: React.ReactNode }) => <td className="px-3 py-1.5 text-right whitespace-nowrap">{children}</td>;

function Key() {
  return (
    <ul className="flex gap-4" aria-label="Lines">
      <li className="flex items-center gap-1.5"><svg width="18" height="4" aria-hidden="true"><line x1="0" y1="2" x2="18" y2="2" stroke="var(--ink2)" strokeWidth="1.6" strokeDasharray="5 3" /></svg> Requested</li>
      <li className="flex items-center gap-1.5"><svg width="18" height="4" aria-hidden="true"><line x1="0" y1="2" x2="18" y2="2" stroke="var(--used)" strokeWidth="2" /></svg> Used</li>
    </ul>
  );
}
