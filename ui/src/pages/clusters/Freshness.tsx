/** How fresh the data of a cluster are: a dot, a word, and until when. */
import type { Schemas } from '../../data';
import { useFormat } from '../../format';

const STATES = {
  fresh: { dot: 'var(--down)', word: 'Fresh', tone: 'text-ink' },
  behind: { dot: 'var(--spare)', word: 'Behind', tone: 'text-warn' },
  silent: { dot: 'var(--up)', word: 'Silent', tone: 'text-up' },
} as const;

export function FreshnessOf({ state, loading = false }: { state: Schemas['ClusterState'] | undefined; loading?: boolean }) {
  const format = useFormat();
  if (!state) return loading ? <span className="skel inline-block h-4 w-28" /> : <span className="text-ink3">—</span>;
  const look = state.state ? STATES[state.state] : null;
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span aria-hidden="true" className="size-2 shrink-0 rounded-full" style={{ backgroundColor: look?.dot ?? 'var(--other)' }} />
      <span className={look?.tone ?? 'text-ink3'}>{look?.word ?? 'Not told'}</span>
      {state.last && <span className="num text-ink3">until {format.moment(state.last)}</span>}
    </span>
  );
}
