/** Jump: to pages, to a namespace, controller, pod or cluster, to a saved view. */
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Bookmark, Search as SearchIcon } from 'lucide-react';
import { useDeferredValue, useState } from 'react';

import { printFilter, useSuggestions } from '../data';
import { titleOf } from '../format';
import { useFocusBack } from './focus';
import { PLACES } from './nav';
import { useSaved } from './saved';

const FIELDS = [
  ['cluster', 'namespace'],
  ['namespace', 'controller'],
  ['controllerName', 'pod'],
  ['pod', 'container'],
] as const;

export function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  useFocusBack(open);
  const [text, setText] = useState('');
  const search = useDeferredValue(text.trim());
  const navigate = useNavigate();
  const [saved] = useSaved();
  const go = (action: () => unknown): void => {
    onOpenChange(false);
    setText('');
    action();
  };
  return (
    <Command.Dialog
      open={open}
      onOpenChange={onOpenChange}
      label="Jump to"
      overlayClassName="fixed inset-0 z-40 bg-black/40"
      contentClassName="pop fixed top-[14vh] left-1/2 z-50 w-[min(560px,calc(100vw-24px))] -translate-x-1/2 p-0"
    >
      <div className="flex items-center gap-2 border-b border-line px-3">
        <SearchIcon size={15} className="text-ink3" aria-hidden="true" />
        <Command.Input value={text} onValueChange={setText} placeholder="A page, a namespace, a controller, a pod…" className="h-11 w-full bg-transparent text-[14px] outline-none placeholder:text-ink3" />
        <kbd className="kbd">Esc</kbd>
      </div>
      <Command.List className="max-h-[50vh] overflow-auto p-1.5">
        <Command.Empty className="p-4 text-center text-ink3">Nothing of that name.</Command.Empty>
        <Command.Group heading={<span className="caption">Pages</span>}>
          {PLACES.flatMap(([, places]) => places).map((place) => (
            <Command.Item key={place.to} value={`page ${place.title} ${place.doc}`} className="item" onSelect={() => go(() => void navigate({ to: place.to }))}>
              <place.icon size={14} aria-hidden="true" /> {place.title}
              <span className="hint">{place.doc}</span>
            </Command.Item>
          ))}
        </Command.Group>
        {saved.length > 0 && (
          <Command.Group heading={<span className="caption">Saved views</span>}>
            {saved.map((view) => (
              <Command.Item key={view.name} value={`saved ${view.name}`} className="item" onSelect={() => go(() => void navigate({ to: view.path, search: view.search }))}>
                <Bookmark size={14} aria-hidden="true" /> {view.name}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {search.length > 1 &&
          FIELDS.map(([field, next]) => (
            <Found
              key={field}
              field={field}
              search={search}
              onSelect={(value) => go(() => void navigate({ to: '/allocations', search: { agg: next, filter: printFilter([{ field, operator: ':', values: [value] }]), window: '30d' } }))}
            />
          ))}
      </Command.List>
    </Command.Dialog>
  );
}

function Found({ field, search, onSelect }: { field: string; search: string; onSelect: (value: string) => void }) {
  const found = useSuggestions('allocation', { window: '30d', field, search, limit: 6 }, true);
  const values = (found.data?.values ?? []).filter((value) => !value.startsWith('__'));
  if (!values.length) return null;
  return (
    <Command.Group heading={<span className="caption">{titleOf(field)}</span>}>
      {values.map((value) => (
        <Command.Item key={value} value={`${field} ${value}`} className="item" onSelect={() => onSelect(value)}>
          <span className="truncate">{value}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
