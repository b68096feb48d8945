import { renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { useRest } from './rest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('of all that the pointer passes, only where it rests counts', () => {
  const { result } = renderHook(() => useRest());
  const done: string[] = [];
  for (const row of ['a', 'b', 'c']) {
    result.current(() => done.push(row));
    vi.advanceTimersByTime(30);
  }
  vi.advanceTimersByTime(1000);
  expect(done).toEqual(['c']);
});

test('what is left again, or gone from the page, is not done', () => {
  const { result, unmount } = renderHook(() => useRest());
  const done: string[] = [];
  result.current(() => done.push('left'));
  result.current(null);
  vi.advanceTimersByTime(1000);
  result.current(() => done.push('gone'));
  unmount();
  vi.advanceTimersByTime(1000);
  expect(done).toEqual([]);
});
