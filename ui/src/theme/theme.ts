/** The colour theme: light, dark, or what the system has; kept in this browser and written on <html> before the first paint. */
import { useSyncExternalStore } from 'react';

export type Choice = 'light' | 'dark' | 'system';
export type Theme = 'light' | 'dark';

const KEY = 'farthing.theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export function choice(): Choice {
  const kept = stored();
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function choose(next: Choice): void {
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // a browser that keeps nothing: the choice holds until the page is left
  }
  show(next);
}

/** What is shown now. */
export function theme(): Theme {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, theme);
export const useChoice = (): Choice => useSyncExternalStore(subscribe, choice);

/** The value of a colour token, for what is drawn without CSS. */
export const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function show(next: Choice): void {
  document.documentElement.dataset['theme'] = next === 'system' ? (system.matches ? 'dark' : 'light') : next;
  listeners.forEach((tell) => tell());
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

system.addEventListener('change', () => {
  if (choice() === 'system') show('system');
});
