/** What the keyboard does: `?` opens it. */
import { Dialog } from 'radix-ui';
import { useEffect, useState } from 'react';

import { useFocusBack } from './focus';

const KEYS: readonly (readonly [string, string])[] = [
  ['⌘ K, Ctrl K', 'jump to a page, a namespace, a saved view'],
  ['/', 'find in the table'],
  ['↑ ↓, j k', 'go through the rows'],
  ['Home, End, PgUp, PgDn', 'go far'],
  ['Enter', 'drill into a row'],
  ['Space', 'how its number is made'],
  ['+ −', 'keep only this row, leave it out'],
  ['Alt Backspace', 'back'],
  ['?', 'this'],
];

export function Help() {
  const [open, setOpen] = useState(false);
  useFocusBack(open);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === '?' && !typing) setOpen(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content className="pop fixed top-[18vh] left-1/2 z-50 w-[min(440px,calc(100vw-24px))] -translate-x-1/2 p-4" aria-describedby={undefined}>
          <Dialog.Title className="mb-2 text-base font-semibold">Keyboard</Dialog.Title>
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-sm">
            {KEYS.map(([keys, what]) => (
              <div key={keys} className="contents">
                <dt>
                  <kbd className="kbd">{keys}</kbd>
                </dt>
                <dd className="text-ink2">{what}</dd>
              </div>
            ))}
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
