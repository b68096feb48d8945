/** The state of a page, in its address. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

import { lean, whole, type Patch, type Search } from './search';

export type SetSearch = (patch: Patch, how?: { replace?: boolean }) => void;

/** What is asked, and a way to ask otherwise: each change is a step that Back undoes, unless it replaces. */
export function useAddress(defaults?: Partial<Search>): [Search, SetSearch] {
  const raw: Patch = useSearch({ strict: false });
  const navigate = useNavigate();
  const usual = JSON.stringify(defaults);
  const key = JSON.stringify(raw);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the texts stand for both
  const search = useMemo(() => whole(raw, defaults), [key, usual]);
  const set = useCallback<SetSearch>(
    (patch, how = {}) =>
      void navigate({ to: '.', search: (before: Patch) => lean({ ...before, ...patch }, defaults), replace: how.replace ?? false, resetScroll: false }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- as above
    [navigate, usual],
  );
  return [search, set];
}

/** A part of what is asked: who reads no more is not drawn anew when the rest changes. */
export function useAddressed(of: (search: Search) => string): string {
  return useSearch({ strict: false, select: (raw: Patch) => of(whole(raw)) });
}
