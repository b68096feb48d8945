/** The square before a name: the legend of the chart above the table. */
import { seriesCss } from '../charts/palette';

/** A series' colour, and a switch for it where it can be hidden; `rank` −1: of no series of its own. */
export function Swatch({ rank, idle, shown, name, onToggle }: { rank: number; idle: boolean; shown: boolean; name: string; onToggle?: (() => void) | undefined }) {
  const colour = idle ? 'var(--idle)' : rank < 0 ? 'var(--other)' : seriesCss(rank);
  const square = <span aria-hidden="true" className={`block size-[10px] rounded-[2px] border ${idle ? 'hatch' : ''}`} style={{ backgroundColor: shown ? colour : 'transparent', borderColor: colour }} />;
  if (!onToggle) return <span className="shrink-0">{square}</span>;
  return (
    <button type="button" tabIndex={-1} aria-pressed={shown} aria-label={`${shown ? 'Hide' : 'Show'} ${name} in the chart`} title={`${shown ? 'Hide' : 'Show'} in the chart`} className="-m-1.5 shrink-0 p-1.5" onClick={onToggle}>
      {square}
    </button>
  );
}
