/** Lines above the page: simulated data, history on its way, clusters that stopped to report, no connection. */
import { Link } from '@tanstack/react-router';
import { CloudOff, FlaskConical, Hourglass, TriangleAlert } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';

import { useAnswer, useMeta } from '../data';
import { useFormat } from '../format';

const STALE_HOURS = 3;
/** More clusters than these share one line, for the page is for the figures. */
const MOST_NAMED = 2;

export function Banners() {
  const meta = useMeta();
  const status = useAnswer<'Status'>('/status', {}, { everySeconds: 15 });
  const format = useFormat();
  const online = useOnline();
  const behind = (meta.data?.clusters ?? []).filter((one) => one.last !== null && hoursBetween(one.last, meta.data?.now ?? one.last) > STALE_HOURS);
  const longest = behind.map((one) => one.last ?? '').sort()[0] ?? '';
  const history = status.data?.history;
  return (
    // Below the figures on a phone: what comes after them moves them by a tenth of its height.
    <div className="shrink-0 empty:hidden max-md:order-last">
      {!online && (
        <Banner tone="bad" icon={<CloudOff size={14} />}>
          This computer is offline. What you see is what was loaded before.
        </Banner>
      )}
      {meta.data?.simulated && (
        <Banner tone="info" icon={<FlaskConical size={14} />}>
          <strong>Demo.</strong> Wren &amp; Co does not exist: its clusters are simulated, and go on as you watch.
        </Banner>
      )}
      {status.data?.building && (
        <Banner tone="info" icon={<Hourglass size={14} />}>
          History is being built{history?.total ? `: ${format.whole(history.done)} of ${format.whole(history.total)} hours are there` : ''}. Older windows
          are not whole yet.
        </Banner>
      )}
      {behind.length > MOST_NAMED ? (
        <Banner tone="warn" icon={<TriangleAlert size={14} />}>
          <strong>{format.whole(behind.length)} clusters</strong> have told nothing for more than {STALE_HOURS} hours, one of them since {format.moment(longest)} ({format.zone}): their
          costs after that are missing. <ToClusters />
        </Banner>
      ) : (
        behind.map((one) => (
          <Banner key={one.name} tone="warn" icon={<TriangleAlert size={14} />}>
            <strong>{one.name}</strong> has told nothing since {format.moment(one.last ?? '')} ({format.zone}): its costs after that are missing. <ToClusters />
          </Banner>
        ))
      )}
    </div>
  );
}

function ToClusters() {
  return (
    <Link to="/clusters" className="underline underline-offset-2">
      Look at clusters
    </Link>
  );
}

export function Banner({ tone, icon, children }: { tone: 'info' | 'warn' | 'bad'; icon: ReactNode; children: ReactNode }) {
  const colours = { info: 'bg-accent-soft text-ink', warn: 'bg-warn-soft text-warn', bad: 'bg-bad-soft text-up' }[tone];
  return (
    <div role="status" className={`flex items-center gap-2 border-b border-line px-5 max-md:border-t max-md:border-b-0 py-1.5 text-sm ${colours}`}>
      <span aria-hidden="true" className="shrink-0">{icon}</span>
      <span>{children}</span>
    </div>
  );
}

function useOnline(): boolean {
  const [online, set] = useState(navigator.onLine);
  useEffect(() => {
    const tell = (): void => set(navigator.onLine);
    window.addEventListener('online', tell);
    window.addEventListener('offline', tell);
    return () => {
      window.removeEventListener('online', tell);
      window.removeEventListener('offline', tell);
    };
  }, []);
  return online;
}

const hoursBetween = (from: string, to: string): number => (new Date(to).getTime() - new Date(from).getTime()) / 3_600_000;
