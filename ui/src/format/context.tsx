import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react';

import { Format } from './format';

const Context = createContext(new Format('en-US', 'USD', 'UTC'));

/** Numbers below are written for this currency and zone, in the browser's language. */
export function FormatProvider({ currency, zone, children }: { currency: string; zone: string; children: ReactNode }) {
  const format = useMemo(() => new Format(navigator.language, currency, zoneOf(zone)), [currency, zone]);
  // While the figures are on their way there is time for it.
  useEffect(() => format.prepare(), [format]);
  return <Context value={format}>{children}</Context>;
}

export const useFormat = (): Format => useContext(Context);

/** A zone that the browser knows; offsets such as +05:30 are known to new ones only, and then days are named in UTC. */
function zoneOf(zone: string): string {
  if (zone === 'UTC') return zone;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}
