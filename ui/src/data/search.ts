/** What a page shows stands in its address, in the API's own words. Defaults are left out, so that an address says what is special. */

export const DEFAULTS = {
  window: '7d',
  zone: 'UTC',
  agg: 'namespace',
  filter: '',
  idle: 'separate',
  idleBy: 'node',
  sharing: 'default',
  step: 'auto',
  chart: 'bars',
  sort: '-total_cost',
  q: '',
  compare: 'previous',
  rate: 'total',
  stack: '',
  cols: '',
  off: '',
  open: '',
  severity: '',
} as const;

export type Search = { -readonly [K in keyof typeof DEFAULTS]: string };
export type Patch = Partial<Search>;

/** The search parameters of an address as strings; unknown ones and those of another kind are dropped. */
export function readSearch(raw: Record<string, unknown>): Patch {
  const found: Patch = {};
  for (const name of Object.keys(DEFAULTS) as (keyof Search)[]) {
    const value = raw[name];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') found[name] = String(value);
  }
  return found;
}

export const whole = (patch: Patch, defaults: Partial<Search> = {}): Search => ({ ...DEFAULTS, ...defaults, ...patch });

/** What stands in the address: everything but defaults. */
export function lean(search: Patch, defaults: Partial<Search> = {}): Patch {
  const known = whole({}, defaults);
  return Object.fromEntries(Object.entries(search).filter(([name, value]) => value !== known[name as keyof Search]));
}

export function parseQuery(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** A query that a person can read: colons, commas and quotes as they are. */
export function printQuery(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') query.set(name, value);
  }
  const text = query.toString().replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%5B/g, '[').replace(/%5D/g, ']').replace(/%2F/g, '/');
  return text ? `?${text}` : '';
}
