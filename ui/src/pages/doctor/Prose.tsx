/** Text of the API, with what is to be typed set apart. */
import { Command } from '../../components/Command';
import { paragraphs, pieces } from './prose';

export function Prose({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((one, place) =>
        one.code ? (
          <code key={place} className="rounded-[4px] bg-sunk px-1 py-px font-mono text-[11.5px] wrap-anywhere text-ink">{one.text}</code>
        ) : (
          <span key={place}>{one.text}</span>
        ),
      )}
    </>
  );
}

/** What to do. */
export function Cure({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-1.5">
      {paragraphs(text).map((one, place) => (one.block ? <Command key={place}>{one.text}</Command> : <p key={place}><Prose text={one.text} /></p>))}
    </div>
  );
}
