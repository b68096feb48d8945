/** A panel at the right edge over the page; Escape closes it, and the focus goes back to where it was. */
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';

import { useFocusBack } from './focus';

/** `children`: with a Dialog.Title; none where it is closed. */
export function Sheet({ open, onClose, children }: { open: boolean; onClose: () => void; children: ReactNode }) {
  useFocusBack(open);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-black/25" />
        <Dialog.Content className="fixed inset-y-0 right-0 z-40 flex w-[min(560px,100vw)] flex-col border-l border-line2 bg-panel shadow-[var(--shadow)] outline-none" aria-describedby={undefined}>
          {children}
          <Dialog.Close className="btn btn-quiet absolute top-3 right-3 px-1.5" aria-label="Close">
            <X size={16} />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
