/** A cost in its four parts as one bar, each named with its share. What is not measured is a part like the others, in dots. */
import { BANDS } from '../../components/Bands';
import { useFormat } from '../../format';

const DOTS = { backgroundColor: 'var(--sunk)', backgroundImage: 'radial-gradient(circle, var(--ink3) 0.8px, transparent 1px)', backgroundSize: '5px 5px' };
const LOOKS = {
  used: { className: '', style: { backgroundColor: BANDS.used.colour } },
  spare: { className: '', style: { backgroundColor: BANDS.spare.colour } },
  idle: { className: 'hatch', style: { backgroundColor: BANDS.idle.colour } },
  unmeasured: { className: 'ring-1 ring-line2 ring-inset', style: DOTS },
} as const;

export type Part = keyof typeof LOOKS;

export const Swatch = ({ part }: { part: Part }) => <span aria-hidden="true" className={`inline-block size-[9px] shrink-0 rounded-[2px] ${LOOKS[part].className}`} style={LOOKS[part].style} />;

/** `parts`: from the left, $ each; null: not known, and not drawn. */
export function Parts({ parts, whole }: { parts: readonly { part: Part; title: string; value: number | null }[]; whole: number | null }) {
  const format = useFormat();
  const length = Math.max(whole ?? 0, parts.reduce((sum, { value }) => sum + Math.max(0, value ?? 0), 0));
  return (
    <>
      <div aria-hidden="true" className="flex h-3.5 w-full gap-px overflow-hidden rounded-[3px]">
        {parts.map(({ part, value }) => (value !== null && value > 0 ? <span key={part} className={`h-full min-w-px ${LOOKS[part].className}`} style={{ ...LOOKS[part].style, width: `${(value / length) * 100}%` }} /> : null))}
      </div>
      <ul className="mt-1.5 flex flex-wrap gap-x-3 text-xs text-ink2" aria-label="Parts of the cost">
        {parts.map(({ part, title, value }) => (
          <li key={part} className="flex items-center gap-1.5 whitespace-nowrap">
            <Swatch part={part} />
            {title} <span className="num text-ink3">{format.share(value !== null && whole ? value / whole : null)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
