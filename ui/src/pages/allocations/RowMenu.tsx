/** What can be done with a row. A menu costs a millisecond while scrolling: it is there from the first click on, and gone when another row takes the place of this one. */
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';

export interface Way {
  title: string;
  hint?: string;
  go: () => void;
}

// A letter, not a drawing: there is one in every row.
const DOTS = <span aria-hidden="true" className="block w-[14px] text-center leading-[14px] font-semibold">⋯</span>;

export function RowMenu({ name, ways }: { name: string; ways: () => readonly Way[] }) {
  const [used, setUsed] = useState<{ name: string; open: boolean } | null>(null);
  const setOpen = (open: boolean): void => setUsed({ name, open });
  const label = `Actions for ${name}`;
  const look = 'rounded p-1 text-ink3 hover:bg-sunk hover:text-ink';
  if (used?.name !== name) {
    return (
      <button type="button" tabIndex={-1} aria-label={label} aria-haspopup="menu" aria-expanded={false} className={look} onClick={() => setOpen(true)}>
        {DOTS}
      </button>
    );
  }
  return (
    <DropdownMenu.Root modal={false} open={used.open} onOpenChange={setOpen}>
      <DropdownMenu.Trigger tabIndex={-1} aria-label={label} className={look}>
        {DOTS}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="pop min-w-48" align="end" collisionPadding={8}>
          {ways().map((way) => (
            <DropdownMenu.Item key={way.title} className="item" onSelect={way.go}>
              {way.title}
              {way.hint && <span className="hint">{way.hint}</span>}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
