/** Series that are switched off, as the address keeps them: their keys, each encoded, between bars. */
const BETWEEN = '|';

export const hiddenSeries = (off: string): ReadonlySet<string> => new Set(off ? off.split(BETWEEN).map(decodeURIComponent) : []);

/** `off` with `key` the other way round. */
export function toggled(off: string, key: string): string {
  const next = new Set(hiddenSeries(off));
  if (!next.delete(key)) next.add(key);
  return [...next].map(encodeURIComponent).join(BETWEEN);
}
