/** The questions that pages ask, with their keys. What was shown stays until the new is there. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery, type QueryClient } from '@tanstack/react-query';

import { ApiError, ask, type Meta, type Parameters, type Schemas, type Suggestions, type View } from './api';
import type { Search } from './search';

export const FIRST_ROWS = 250;
export const MORE_ROWS = 5000;
const FRESH_MS = 30_000;
const EVERY_MS = 60_000;
const LONG_EVERY_MS = 600_000;

/** Errors that pass are asked again, a few times. */
export const again = (count: number, error: Error): boolean => count < 2 && error instanceof ApiError && error.passing && error.kind !== 'unreadable';

export const metaQuery = queryOptions({
  queryKey: ['meta'],
  queryFn: ({ signal }) => ask<Meta>('/meta', {}, signal),
  staleTime: FRESH_MS,
  refetchInterval: 60_000,
});

export const useMeta = () => useQuery(metaQuery);

/** What the API is asked for an allocation view. */
export function allocationParameters(search: Search): Parameters {
  return {
    window: search.window,
    zone: search.zone,
    agg: search.agg,
    filter: search.filter,
    idle: search.idle,
    idleBy: search.idleBy === 'node' ? undefined : search.idleBy,
    sharing: search.sharing === 'default' ? undefined : search.sharing,
    step: search.step,
    sort: search.sort,
    q: search.q,
    compare: search.compare,
    stack: search.stack && search.agg.split(',').includes(search.stack) ? search.stack : undefined,
  };
}

/** What the API is asked for a view of assets. */
export function assetParameters(search: Search): Parameters {
  const { window, zone, agg, filter, step, sort, q, compare } = search;
  return { window, zone, agg, filter, step, sort, q, compare };
}

/** A view, page by page. */
export function viewQuery(path: '/allocation/view' | '/assets/view', parameters: Parameters) {
  return {
    queryKey: [path, parameters] as const,
    queryFn: ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) =>
      ask<View>(path, { ...parameters, limit: pageParam ? MORE_ROWS : FIRST_ROWS, cursor: pageParam || undefined, trend: pageParam ? false : undefined }, signal),
    initialPageParam: '',
    getNextPageParam: (last: View) => last.nextCursor ?? undefined,
    staleTime: FRESH_MS,
  };
}

export const useView = (path: '/allocation/view' | '/assets/view', parameters: Parameters) =>
  useInfiniteQuery({
    ...viewQuery(path, parameters),
    placeholderData: keepPreviousData,
    // All pages are asked anew together: thousands of rows every minute would be felt here and by the server, for hours that change once an hour.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 1 ? LONG_EVERY_MS : EVERY_MS),
  });

/**
 * Fetch the next page of a view. Where that failed no more is asked for until all of it is asked anew: who is near the end asks at every turn.
 * Where the data changed since the page before, that is at once.
 */
export function fetchMore(view: ReturnType<typeof useView>): void {
  if (!view.hasNextPage || view.isFetching || view.isFetchNextPageError) return;
  void view.fetchNextPage().then(({ error }) => {
    if (error instanceof ApiError && error.kind === 'StaleCursor') void view.refetch();
  });
}

/** A view of few rows, in one piece. */
export const useSmallView = (path: '/allocation/view' | '/assets/view', parameters: Parameters, enabled = true) =>
  useQuery({
    queryKey: ['small', path, parameters],
    queryFn: ({ signal }) => ask<View>(path, parameters, signal),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    refetchInterval: 60_000,
    enabled,
  });

/** Any other path that answers with a model. */
export const useAnswer = <Name extends keyof Schemas>(path: string, parameters: Parameters = {}, options: { enabled?: boolean; everySeconds?: number } = {}) =>
  useQuery({
    queryKey: ['answer', path, parameters],
    queryFn: ({ signal }) => ask<Schemas[Name]>(path, parameters, signal),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    refetchInterval: options.everySeconds ? options.everySeconds * 1000 : false,
    enabled: options.enabled ?? true,
  });

export const useSuggestions = (subject: 'allocation' | 'assets', parameters: Parameters, enabled: boolean) =>
  useQuery({
    queryKey: ['suggestions', subject, parameters],
    queryFn: ({ signal }) => ask<Suggestions>(`/${subject}/autocomplete`, parameters, signal),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    enabled,
  });

/** Ask ahead for what the frame of every page needs. */
export const prefetchMeta = (client: QueryClient): void => void client.query(metaQuery).catch(() => undefined);

/** Ask ahead for what is likely next; where that fails the page itself will tell. */
export const prefetchView = (client: QueryClient, path: '/allocation/view' | '/assets/view', parameters: Parameters): void =>
  void client.infiniteQuery(viewQuery(path, parameters)).catch(() => undefined);
