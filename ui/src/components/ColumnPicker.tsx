/** Which columns are shown, and in which order. */
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import { Popover } from 'radix-ui';

interface Props {
  /** Every column there is, as id and title. */
  all: readonly { id: string; title: string }[];
  shown: readonly string[];
  onChoose: (shown: readonly string[] | null) => void;
}

export function ColumnPicker({ all, shown, onChoose }: Props) {
  const order = [...shown, ...all.map((one) => one.id).filter((id) => !shown.includes(id))];
  const move = (id: string, by: number): void => {
    const next = [...shown];
    const at = next.indexOf(id);
    next.splice(at, 1);
    next.splice(at + by, 0, id);
    onChoose(next);
  };
  return (
    <Popover.Root>
      <Popover.Trigger className="btn" aria-label="Columns">
        <Columns3 size={13} aria-hidden="true" /> Columns
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="pop w-64" align="end" sideOffset={4} collisionPadding={8} aria-label="Columns">
          <ul aria-label="Columns, in their order">
            {order.map((id) => {
              const on = shown.includes(id);
              const title = all.find((one) => one.id === id)?.title ?? id;
              return (
                <li key={id} className="flex items-center">
                  <label className="item flex-1">
                    <input type="checkbox" checked={on} onChange={() => onChoose(on ? shown.filter((one) => one !== id) : [...shown, id])} className="accent-[var(--accent)]" />
                    {title}
                  </label>
                  {on && (
                    <>
                      <button type="button" className="p-1.5 text-ink3 hover:text-ink disabled:opacity-30" disabled={shown[0] === id} aria-label={`${title} earlier`} onClick={() => move(id, -1)}>
                        <ArrowUp size={13} />
                      </button>
                      <button type="button" className="p-1.5 text-ink3 hover:text-ink disabled:opacity-30" disabled={shown.at(-1) === id} aria-label={`${title} later`} onClick={() => move(id, 1)}>
                        <ArrowDown size={13} />
                      </button>
                    </>
                  )}
                </li>
              );
            })}
          </ul>
          <button type="button" className="item mt-1 border-t border-line text-ink2" onClick={() => onChoose(null)}>
            As it was
          </button>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
