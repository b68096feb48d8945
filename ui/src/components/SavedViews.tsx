/** Keep this view under a name, and take up a kept one. The link says the same to somebody else. */
import { useNavigate } from '@tanstack/react-router';
import { Bookmark, Link2, Trash2 } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';

import { lean, type Search } from '../data';
import { useSaved, type SavedView } from './saved';

export function SavedViews({ path, search }: { path: SavedView['path']; search: Search }) {
  const [views, save, remove] = useSaved();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const navigate = useNavigate();
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="btn">
        <Bookmark size={13} aria-hidden="true" /> Views
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="pop w-72 p-2" align="end" sideOffset={4} collisionPadding={8} aria-label="Saved views">
          <form
            className="flex gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              if (!name.trim()) return;
              save({ name: name.trim(), path, search: lean(search) });
              setName('');
            }}
          >
            <input className="field min-w-0 flex-1" aria-label="Name of this view" placeholder="Name of this view" value={name} onChange={(event) => setName(event.target.value)} />
            <button type="submit" className="btn btn-primary" disabled={!name.trim()}>
              Save
            </button>
          </form>
          <ul className="mt-1" aria-label="Views in this browser">
            {views.map((view) => (
              <li key={view.name} className="flex items-center">
                <button type="button" className="item flex-1 truncate" onClick={() => { setOpen(false); void navigate({ to: view.path, search: view.search }); }}>
                  {view.name}
                </button>
                <button type="button" className="rounded p-1.5 text-ink3 hover:text-up" aria-label={`Remove the view ${view.name}`} onClick={() => remove(view.name)}>
                  <Trash2 size={13} />
                </button>
              </li>
            ))}
            {views.length === 0 && <li className="caption">None yet. They stay in this browser; a link works everywhere.</li>}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Copies the address, which holds all that is asked. */
export function CopyLink() {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="btn"
      onClick={() => {
        void navigator.clipboard.writeText(window.location.href).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 1500);
        });
      }}
    >
      <Link2 size={13} aria-hidden="true" /> <span aria-live="polite">{copied ? 'Copied' : 'Link'}</span>
    </button>
  );
}
