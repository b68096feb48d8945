/** Days of which the data themselves say what happened: a workload began and stayed, or one drove a peak. */

export interface Course {
  key: string;
  name: string;
  /** $ by step; null: nothing is known. */
  values: readonly (number | null)[];
}

export interface Mark {
  step: number;
  key: string;
  name: string;
  what: 'begins' | 'peaks';
  /** $ of one step that it came to. */
  size: number;
}

const MOST = 2;
/** Steps on either side by which a level is told. */
const NEAR = 3;
/** Steps on either side among which a peak is the highest. */
const AROUND = 7;
/** A change of the whole that stands out: part of what it was. */
const LEVEL = 0.05;
const PEAK = 0.1;
/** A workload accounts for a change from that part of it on. */
const MOSTLY = 0.5;

/**
 * Marks in the order of time, at most two. `totals`: of every step that is over. One workload has to account for most of what the whole did; where
 * none does, there is no mark.
 */
export function marksOf(totals: readonly (number | null)[], courses: readonly Course[]): Mark[] {
  const found = [...beginnings(totals, courses), ...peaks(totals, courses)].sort((a, b) => b.size - a.size);
  const kept = found.filter((one, place) => !found.slice(0, place).some((other) => other.key === one.key || Math.abs(other.step - one.step) < NEAR));
  return kept.slice(0, MOST).sort((a, b) => a.step - b.step);
}

/** Workloads that were not there, then are and stay, and lift the whole to another level. */
function beginnings(totals: readonly (number | null)[], courses: readonly Course[]): Mark[] {
  return courses.flatMap(({ key, name, values }): Mark[] => {
    const step = values.findIndex((value) => (value ?? 0) > 0);
    if (step < NEAR || values.slice(step, totals.length).some((value) => !value)) return [];
    const [before, after] = [median(totals.slice(step - NEAR, step)), median(totals.slice(step + 1, step + 1 + NEAR), NEAR)];
    const size = median(values.slice(step + 1, step + 1 + NEAR));
    if (before === null || after === null || size === null) return [];
    const change = after - before;
    return change > before * LEVEL && size >= change * MOSTLY ? [{ step, key, name, what: 'begins', size }] : [];
  });
}

/** Steps that are clearly dearer than those on both sides, each with the workload that made it so. */
function peaks(totals: readonly (number | null)[], courses: readonly Course[]): Mark[] {
  return totals.flatMap((total, step): Mark[] => {
    const [from, to] = [Math.max(0, step - AROUND), step + AROUND + 1];
    const near = totals.slice(from, to);
    const usual = median(near);
    if (total === null || usual === null || total < Math.max(...near.map((value) => value ?? 0)) || total - usual < usual * PEAK) return [];
    // Once up and down again: what rose and stays, had been high and fell, or comes and goes has no peak.
    const course = near.map((value) => (value !== null && value >= (total + usual) / 2 ? 'high' : 'low')).join(' ');
    if (!/^(low )+(high )+(low ?)+$/.test(course)) return [];
    return courses.flatMap(({ key, name, values }): Mark[] => {
      const size = (values[step] ?? 0) - (median(values.slice(from, Math.min(to, totals.length))) ?? 0);
      return size >= (total - usual) * MOSTLY ? [{ step, key, name, what: 'peaks', size }] : [];
    });
  });
}

/** null where fewer than `least` are known. */
function median(values: readonly (number | null)[], least = 1): number | null {
  const known = values.flatMap((value) => value ?? []).sort((a, b) => a - b);
  if (known.length < least) return null;
  return ((known[Math.floor((known.length - 1) / 2)] ?? 0) + (known[Math.ceil((known.length - 1) / 2)] ?? 0)) / 2;
}
