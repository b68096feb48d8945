/**
 * What a cost was for: what was used, what was held beyond use, what nobody held.
 *
 * What costs is what was held: the larger of requested and used, hour by hour. So over any time held − used is exactly what was requested and
 * not used, however both went up and down. Where use is not known, nothing can be said of it: that is a part of its own, and never counts as
 * used or as wasted.
 */

/** One resource of one thing on nodes of one price, over a window. Quantities are in its unit times hours. */
export interface Held {
  /** $; null: no price. */
  cost: number | null;
  held: number;
  requested: number;
  /** null: not known of any of it. */
  used: number | null;
  /** used / requested, of what use is known of; null: nothing requested, or use not known. */
  efficiency: number | null;
}

export interface Split {
  used: number;
  spare: number;
  /** $ of what use is not known of. */
  unknown: number;
}

const NOTHING: Split = { used: 0, spare: 0, unknown: 0 };
const DUST = 1e-9;

/** What was requested by those whose use is known. */
export function requestKnown({ requested, used, efficiency }: Held): number {
  if (used === null) return 0;
  if (efficiency === null) return 0;
  return efficiency > 0 ? Math.min(requested, used / efficiency) : requested;
}

/** A cost in its parts; null where it has no price, so that nothing can be told in money. */
export function splitOf(of: Held): Split | null {
  const { cost, held, used } = of;
  if (held <= 0) return NOTHING;
  if (cost === null) return null;
  if (used === null) return { used: 0, spare: 0, unknown: cost };
  // Whoever's use is not known is charged for the request alone: that is what it holds.
  const gap = of.requested - requestKnown(of);
  const unseen = gap > held * DUST ? Math.min(gap, held) : 0;
  const seen = held - unseen;
  const price = cost / held;
  return { used: price * Math.min(used, seen), spare: price * Math.max(0, seen - used), unknown: price * unseen };
}
