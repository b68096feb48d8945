/** What to group by: one field, or several in an order. */
import { ArrowUp, Check, ChevronDown, Plus, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';

import { useSuggestions } from '../data';
import { titleOf } from '../format';
import { useRest } from './rest';

interface Props {
  subject: 'allocation' | 'assets';
  /** The API's words, joined by commas. */
  agg: string;
  /** What can be grouped by, as /meta tells: `label:KEY` stands for any key. */
  groups: readonly string[];
  window: string;
  onChoose: (agg: string) => void;
  /** The pointer rests on a field or presses it, or the focus is on it. */
  onExpect?: (agg: string) => void;
}

const MAPS = ['label', 'annotation', 'namespaceLabel', 'namespaceAnnotation'];

export function GroupPicker({ subject, agg, groups, window, onChoose, onExpect }: Props) {
  const rest = useRest();
  const [open, setOpen] = useState(false);
  const [find, setFind] = useState('');
  const chosen = agg.split(',').filter(Boolean);
  const keys = useSuggestions(subject, { window, field: 'label', limit: 200 }, open);
  const all = [...groups.filter((one) => !one.endsWith(':KEY')), ...(keys.data?.values ?? []).map((key) => `label:${key}`)];
  const shown = all.filter((one) => !find || `${one} ${titleOf(one)}`.toLowerCase().includes(find.toLowerCase()));
  const typed = /^[A-Za-z]+:.+/.test(find) && MAPS.includes(find.split(':')[0] ?? '') && !all.includes(find) ? [find] : [];
  const only = (group: string): void => {
    onChoose(group);
    setOpen(false);
    setFind('');
  };
  const expect = (group: string): void => rest(onExpect ? () => onExpect(group) : null);
  const toggle = (group: string): void => {
    const next = chosen.includes(group) ? chosen.filter((one) => one !== group) : [...chosen.filter((one) => one !== 'all'), group];
    if (next.length) onChoose(next.join(','));
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="btn max-w-[280px]" aria-label={`Group by: ${chosen.map(titleOf).join(', ')}`}>
        <span className="lbl">by</span> <span className="truncate">{chosen.map(titleOf).join(' › ')}</span>
        <ChevronDown size={13} className="text-ink3" aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="pop flex w-72 flex-col gap-1" align="start" sideOffset={4} collisionPadding={8} aria-label="Group by">
          <input className="field w-full" aria-label="Find a field" placeholder="Find, or write label:KEY" value={find} onChange={(event) => setFind(event.target.value)} />
          {chosen.length > 1 && (
            <ol className="flex flex-col gap-px border-b border-line pb-1" aria-label="Order of the fields">
              {chosen.map((group, place) => (
                <li key={group} className="item">
                  <span className="num w-4 text-ink3">{place + 1}</span>
                  <span className="truncate font-medium">{titleOf(group)}</span>
                  <span className="ml-auto flex">
                    <button type="button" className="p-1.5 text-ink3 hover:text-ink disabled:opacity-30" disabled={place === 0} aria-label={`${titleOf(group)} earlier`} onClick={() => onChoose(swapped(chosen, place).join(','))}>
                      <ArrowUp size={13} />
                    </button>
                    <button type="button" className="p-1.5 text-ink3 hover:text-ink" aria-label={`Not by ${titleOf(group)}`} onClick={() => toggle(group)}>
                      <X size={13} />
                    </button>
                  </span>
                </li>
              ))}
            </ol>
          )}
          <ul className="max-h-[46vh] overflow-auto" aria-label="Fields">
            {[...typed, ...shown].map((group) => (
              <li key={group} className="flex items-center">
                <button type="button" className="item flex-1" onClick={() => only(group)} onMouseEnter={() => expect(group)} onPointerDown={() => onExpect?.(group)} onFocus={() => expect(group)} aria-current={agg === group}>
                  <Check size={13} className={chosen.includes(group) ? 'text-accent' : 'invisible'} aria-hidden="true" />
                  <span className="truncate">{titleOf(group)}</span>
                </button>
                {group !== 'all' && !chosen.includes(group) && (
                  <button type="button" className="rounded p-1.5 text-ink3 hover:bg-hover hover:text-ink" aria-label={`And by ${titleOf(group)}`} title="And by this" onClick={() => toggle(group)}>
                    <Plus size={13} />
                  </button>
                )}
              </li>
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** The list with the one at `place` before the one above it. */
function swapped(list: readonly string[], place: number): string[] {
  const next = [...list];
  const [moved] = next.splice(place, 1);
  if (moved !== undefined) next.splice(place - 1, 0, moved);
  return next;
}
