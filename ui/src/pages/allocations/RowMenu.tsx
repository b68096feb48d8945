/** What can be done with a row. A menu costs a millisecond while scrolling: it is there when the pointer or the focus comes. */
import { MoreHorizontal } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';

export interface Way {
  title: string;
  hint?: string;
  go: () => void;
}

export function RowMenu({ name, ways }: { name: string; ways: () => readonly Way[] }) {
  const [armed, arm] = useState(false);
  const label = `Actions for ${name}`;
  const look = 'rounded p-1 text-ink3 hover:bg-sunk hover:text-ink';
  if (!armed) {
    return (
      <button type="button" tabIndex={-1} aria-label={label} className={look} onPointerEnter={() => arm(true)} onFocus={() => arm(true)}>
        <MoreHorizontal size={14} />
      </button>
    );
  }
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger tabIndex={-1} aria-label={label} className={look}>
        <MoreHorizontal size={14} />
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
