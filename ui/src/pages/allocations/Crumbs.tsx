/** The way from everything to what is shown: each step a way back. */
import { ChevronRight } from 'lucide-react';
import { Fragment } from 'react';

import type { Search, SetSearch } from '../../data';
import { crumbs } from './drill';

export function Crumbs({ search, by, set }: { search: Search; by: string; set: SetSearch }) {
  const path = crumbs(search);
  if (!path.length) return <span>All clusters, by {by}</span>;
  return (
    <nav aria-label="The way here" className="flex flex-wrap items-center gap-1">
      {path.map((crumb, place) => (
        <Fragment key={place}>
          {place < path.length - 1 ? (
            <button type="button" className="hover:text-accent hover:underline" onClick={() => set({ ...crumb.patch, q: '', off: '' })}>
              {crumb.title}
            </button>
          ) : (
            <strong className="font-medium text-ink">{crumb.title}</strong>
          )}
          <ChevronRight size={12} aria-hidden="true" />
        </Fragment>
      ))}
      <span>by {by}</span>
    </nav>
  );
}
