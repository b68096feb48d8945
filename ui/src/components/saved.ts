/** Views that were saved in this browser: a name, a page and what stands in its address. */
import { useSyncExternalStore } from 'react';

import { readSearch, type Patch } from '../data';

export interface SavedView {
  name: string;
  path: '/allocations' | '/infrastructure' | '/efficiency';
  search: Patch;
}

const KEY = 'farthing.views';
const PATHS: readonly string[] = ['/allocations', '/infrastructure', '/efficiency'];
const listeners = new Set<() => void>();
let read: { text: string; views: readonly SavedView[] } = { text: '', views: [] };

/** All of them, and ways to keep one more (another of its name goes) and to let one go. */
export function useSaved(): [readonly SavedView[], (view: SavedView) => void, (name: string) => void] {
  const views = useSyncExternalStore(subscribe, saved);
  return [views, (view) => keep([...views.filter((one) => one.name !== view.name), view]), (name) => keep(views.filter((one) => one.name !== name))];
}

function saved(): readonly SavedView[] {
  let text: string;
  try {
    text = localStorage.getItem(KEY) ?? '[]';
  } catch {
    text = '[]';
  }
  if (text !== read.text) read = { text, views: parsed(text) };
  return read.views;
}

function keep(views: readonly SavedView[]): void {
  const text = JSON.stringify(views);
  try {
    localStorage.setItem(KEY, text);
  } catch {
    read = { text: read.text, views }; // this browser keeps nothing: they last as long as the page
  }
  listeners.forEach((tell) => tell());
}

/** What was kept, as far as it can be read: another version may have written it. */
function parsed(text: string): SavedView[] {
  try {
    const found: unknown = JSON.parse(text);
    if (!Array.isArray(found)) return [];
    return found.flatMap((one: unknown) => {
      const view = one as Partial<Record<keyof SavedView, unknown>> | null;
      if (typeof view?.name !== 'string' || typeof view.path !== 'string' || !PATHS.includes(view.path) || typeof view.search !== 'object') return [];
      return [{ name: view.name, path: view.path as SavedView['path'], search: readSearch((view.search ?? {}) as Record<string, unknown>) }];
    });
  } catch {
    return [];
  }
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
