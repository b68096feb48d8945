import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test, vi } from 'vitest';

import { fetchMore, useView } from './queries';

const PAGE = { rows: [['a']], rowCount: 2, nextCursor: 'on' };
const LAST = { rows: [['b']], rowCount: 2, nextCursor: null };

/** A view over a server that answers with these in turn: a status and a body. */
function viewOf(answers: [number, object][]) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    const [status, body] = answers[asked.length - 1] ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const { result } = renderHook(() => useView('/allocation/view', { agg: 'pod' }), { wrapper });
  return { asked, result };
}

const failure = (kind: string) => ({ error: { kind, problem: 'no', expected: '', cure: '', requestId: '' } });

test('a page goes on where the one before ended, without its trend', async () => {
  const { asked, result } = viewOf([[200, PAGE], [200, LAST]]);
  await waitFor(() => expect(result.current.hasNextPage).toBe(true));
  fetchMore(result.current);
  await waitFor(() => expect(result.current.data?.pages).toHaveLength(2));
  expect(asked[1]).toContain('cursor=on&trend=false');
  fetchMore(result.current);
  expect(asked).toHaveLength(2);
});

test('a page that fails is asked for once, however often its row comes into sight', async () => {
  const { asked, result } = viewOf([[200, PAGE], [400, failure('BadParameter')]]);
  await waitFor(() => expect(result.current.hasNextPage).toBe(true));
  fetchMore(result.current);
  await waitFor(() => expect(result.current.isFetchNextPageError).toBe(true));
  fetchMore(result.current);
  fetchMore(result.current);
  await waitFor(() => expect(result.current.isFetching).toBe(false));
  expect(asked).toHaveLength(2);
  expect(result.current.data?.pages).toHaveLength(1);
});

test('where the data changed between two pages, all of it is asked anew', async () => {
  const { asked, result } = viewOf([[200, PAGE], [409, failure('StaleCursor')], [200, { ...PAGE, nextCursor: 'anew' }]]);
  await waitFor(() => expect(result.current.hasNextPage).toBe(true));
  fetchMore(result.current);
  await waitFor(() => expect(result.current.data?.pages[0]?.nextCursor).toBe('anew'));
  expect(asked).toHaveLength(3);
  expect(result.current.isFetchNextPageError).toBe(false);
});
