/** Where the focus goes when something that took it is gone. */
import { useLayoutEffect } from 'react';

/** What had the focus when `open` became true has it again afterwards: dialogs that no button of theirs opens do not see to it. */
export function useFocusBack(open: boolean): void {
  useLayoutEffect(() => {
    if (!open) return undefined;
    const before = document.activeElement;
    // Later, for the dialog keeps the focus inside as long as it is there.
    return () => void setTimeout(() => {
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus({ preventScroll: true });
    });
  }, [open]);
}
