/** What the pointer rests on is likely chosen next; what it only passes is not. */
import { useCallback, useEffect, useRef } from 'react';

const REST_MS = 80;

/** Does what it was given last once nothing else was given for a moment; null: nothing. */
export function useRest(): (act: (() => void) | null) => void {
  const timer = useRef<number>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return useCallback((act) => {
    window.clearTimeout(timer.current);
    if (act) timer.current = window.setTimeout(act, REST_MS);
  }, []);
}
