/**
 * One bar in bands that are the same in every bar, in the same order: used, held but not used, idle.
 *
 * What is not measured is left as the empty track, so that the bar is as long as the whole and no band is drawn larger than it is.
 */

export const BANDS = {
  used: { title: 'Used', colour: 'var(--used)', hatch: false },
  spare: { title: 'Requested, not used', colour: 'var(--spare)', hatch: false },
  idle: { title: 'Nobody held it', colour: 'var(--idle)', hatch: true },
} as const;

export type Band = keyof typeof BANDS;
export const BAND_ORDER: readonly Band[] = ['used', 'spare', 'idle'];

interface Props {
  /** How much of each; null: not known, and not drawn. */
  values: Readonly<Record<Band, number | null>>;
  /** What the whole bar stands for. */
  whole: number;
  /** The bar in words. */
  label: string;
  height?: number;
}

export function Bands({ values, whole, label, height = 8 }: Props) {
  const told = BAND_ORDER.reduce((sum, band) => sum + Math.max(0, values[band] ?? 0), 0);
  const length = Math.max(whole, told);
  return (
    <span role="img" aria-label={label} title={label} className="flex w-full min-w-0 gap-px overflow-hidden rounded-[3px] bg-sunk ring-1 ring-line ring-inset" style={{ height }}>
      {length > 0 &&
        BAND_ORDER.map((band) => {
          const part = Math.max(0, values[band] ?? 0) / length;
          if (part < 0.001) return null;
          return <span key={band} className={`block h-full shrink-0 ${BANDS[band].hatch ? 'hatch' : ''}`} style={{ width: `calc(${part * 100}% - 1px)`, backgroundColor: BANDS[band].colour }} />;
        })}
    </span>
  );
}

/** What the bands mean. */
export function BandKey({ rest }: { rest?: string }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink2" aria-label="Bands">
      {BAND_ORDER.map((band) => (
        <li key={band} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`block size-[10px] rounded-[2px] ${BANDS[band].hatch ? 'hatch' : ''}`} style={{ backgroundColor: BANDS[band].colour }} />
          {BANDS[band].title}
        </li>
      ))}
      {rest && (
        <li className="flex items-center gap-1.5">
          <span aria-hidden="true" className="block size-[10px] rounded-[2px] bg-sunk ring-1 ring-line2 ring-inset" />
          {rest}
        </li>
      )}
    </ul>
  );
}
