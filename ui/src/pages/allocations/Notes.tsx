/** How good the figures are, beside them: partial days, notes of the server, guesses, what has no price. */
import { Info, TriangleAlert } from 'lucide-react';
import { Popover } from 'radix-ui';

import type { View } from '../../data';
import { useFormat } from '../../format';

export function Notes({ view, failed }: { view: View; failed: Error | null }) {
  const format = useFormat();
  const guessed = (view.guesses ?? []).reduce((sum, guess) => sum + guess.cost, 0);
  const unpriced = (view.unpriced ?? []).reduce((sum, one) => sum + one.assets, 0);
  const notes = view.notes ?? [];
  const count = (view.guesses ?? []).length + (view.unpriced ?? []).length + notes.length;
  return (
    <>
      {failed && (
        <span role="alert" className="tag tag-bad">
          could not be updated: {failed.message}
        </span>
      )}
      <span className="text-sm text-ink3">
        {view.partial ? `* known until ${format.moment(view.asOf)}` : format.window(view.window.start, view.window.end)} ({view.zone})
      </span>
      {count > 0 && (
        <Popover.Root>
          <Popover.Trigger className={`tag ${unpriced || guessed ? 'tag-warn' : ''}`}>
            {unpriced || guessed ? <TriangleAlert size={11} aria-hidden="true" /> : <Info size={11} aria-hidden="true" />}
            {unpriced ? `${format.whole(unpriced)} without a price` : guessed ? `${format.money(guessed)} rest on guesses` : `${count} ${count === 1 ? 'note' : 'notes'}`}
          </Popover.Trigger>
          <Popover.Portal>
            <Popover.Content className="pop w-[420px] p-3 text-sm" align="start" sideOffset={4} collisionPadding={8} aria-label="How far to trust these figures">
              <ul className="flex flex-col gap-2.5">
                {(view.unpriced ?? []).map((one) => (
                  <li key={one.resource + one.reason}>
                    <strong className="font-medium">
                      {format.whole(one.assets)} assets have no price for {one.resource}
                    </strong>
                    <p className="text-ink2">{one.reason}. {one.cure}</p>
                  </li>
                ))}
                {(view.guesses ?? []).map((guess) => (
                  <li key={guess.name}>
                    <strong className="font-medium">{format.money(guess.cost)}: {guess.name}</strong>
                    <p className="text-ink2">{guess.doc}. {guess.cure && `To do: ${guess.cure}.`}</p>
                  </li>
                ))}
                {notes.map((note) => (
                  <li key={note.cluster + note.text} className="text-ink2">
                    {note.cluster && <strong className="font-medium text-ink">{note.cluster}: </strong>}
                    {note.text}
                    {note.cure && ` To do: ${note.cure}.`}
                  </li>
                ))}
              </ul>
            </Popover.Content>
          </Popover.Portal>
        </Popover.Root>
      )}
    </>
  );
}
