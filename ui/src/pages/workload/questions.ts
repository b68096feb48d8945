/** What the page of a workload asks. */
import { useAnswer, useSmallView, type Parameters, type Search } from '../../data';
import { COST_COLUMNS } from './resources';
import { USAGE_COLUMNS } from './usage';
import { duringHours } from '../../format';

/** Longer windows are not asked for hour by hour. */
export const MOST_DAYS_BY_HOUR = 31;

export const sharesIdle = (search: Search): boolean => search.idle === 'share';

/** Time, filter, and whose costs count: idle is received or left out, for a workload has none of its own. */
export function question(search: Search): Parameters {
  const { window, zone, filter, sharing } = search;
  const share = sharesIdle(search);
  return {
    window, zone, filter, sharing: sharing === 'default' ? undefined : sharing,
    idle: share ? 'share' : 'hide', idleBy: share && search.idleBy !== 'node' ? search.idleBy : undefined,
  };
}

/** Where it was found, what it costs, and what it cost before. */
export const useWorkload = (search: Search) =>
  useSmallView(
    '/allocation/view',
    { ...question(search), agg: 'cluster,namespace,controller', step: 'all', trend: false, columns: 'total_cost,cpu_efficiency,ram_efficiency,efficiency,partial,minutes' },
    search.filter !== '',
  );

/** Its cost step by step: its own, and, where idle is shared, with what it received. */
export function useCosts(search: Search) {
  const enabled = search.filter !== '';
  const own = useAnswer<'Timeline'>('/allocation/timeline', { ...question(search), idle: 'hide', idleBy: undefined, step: search.step, columns: COST_COLUMNS }, { enabled, everySeconds: 60 });
  const whole = useAnswer<'Timeline'>('/allocation/timeline', { ...question(search), step: search.step, columns: COST_COLUMNS }, { enabled: enabled && sharesIdle(search), everySeconds: 60 });
  return { own, whole };
}

/** Its use, hour by hour where the window is not too long. `span`: the window, as far as it is known. */
export function useUsage(search: Search, span: { start: string; end: string } | undefined) {
  const byHour = span !== undefined && duringHours(span.start, span.end) <= MOST_DAYS_BY_HOUR * 24;
  const step = byHour ? 'hour' : search.step === 'hour' ? 'day' : search.step;
  const told = useAnswer<'Timeline'>('/allocation/timeline', { ...question(search), idle: 'hide', idleBy: undefined, step, columns: USAGE_COLUMNS }, { enabled: span !== undefined, everySeconds: 60 });
  return { told, byHour };
}
