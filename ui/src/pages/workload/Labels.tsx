/** Labels and annotations of what the filter keeps, as they were in the window. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Panel } from '../../components/Page';
import { Failed } from '../../components/states';
import { printFilter, useSuggestions, type Search } from '../../data';
import { nameOf, useFormat } from '../../format';

const FIRST_KEYS = 14;
const MOST_KEYS = 100;
const MOST_VALUES = 4;

export function Labels({ search }: { search: Search }) {
  return (
    <Panel title="Labels and annotations">
      <Keys search={search} field="label" title="Labels" />
      <Keys search={search} field="annotation" title="Annotations" />
    </Panel>
  );
}

function Keys({ search, field, title }: { search: Search; field: 'label' | 'annotation'; title: string }) {
  const [all, setAll] = useState(false);
  const format = useFormat();
  const { window, zone, filter } = search;
  const keys = useSuggestions('allocation', { window, zone, filter, field, limit: MOST_KEYS }, filter !== '');
  const found = keys.data?.values ?? [];
  const shown = all ? found : found.slice(0, FIRST_KEYS);
  return (
    <section className="border-b border-line px-3.5 py-2.5 last:border-b-0">
      <h3 className="mb-1 text-sm font-semibold text-ink2">{title}</h3>
      {keys.isError && !keys.data ? (
        <Failed error={keys.error} retry={() => void keys.refetch()} what={title} />
      ) : !keys.data ? (
        <div className="skel h-24" role="status" aria-label="Loading" />
      ) : !found.length ? (
        <p className="text-sm text-ink3">None.</p>
      ) : (
        <dl>
          {shown.map((key) => <Values key={key} name={key} field={field} search={search} />)}
        </dl>
      )}
      {found.length > shown.length && <button type="button" className="link mt-1 text-sm" onClick={() => setAll(true)}>{format.whole(found.length - shown.length)} more</button>}
    </section>
  );
}

function Values({ name, field, search }: { name: string; field: 'label' | 'annotation'; search: Search }) {
  const { window, zone, filter } = search;
  const values = useSuggestions('allocation', { window, zone, filter, field: `${field}:${name}`, limit: MOST_VALUES }, true);
  return (
    <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-3 border-t border-line py-1.5 text-sm first:border-t-0">
      <dt className="break-words text-ink2">{name}</dt>
      <dd className="min-w-0 break-words">
        {values.isPending && <span className="skel inline-block h-3.5 w-24" />}
        {values.isError && <span className="text-ink3">could not be read</span>}
        {(values.data?.values ?? []).map((value, place) => (
          <span key={value}>
            {place > 0 && ', '}
            <Link to="/allocations" search={{ window, zone, agg: 'namespace', filter: printFilter([{ field: `${field}[${name}]`, operator: ':', values: [value] }]) }} className="underline-offset-2 hover:text-accent hover:underline">
              {nameOf(value, `${field}:${name}`)}
            </Link>
          </span>
        ))}
        {values.data?.more && <span className="text-ink3"> and others</span>}
      </dd>
    </div>
  );
}
