/** What the settings share out, and where facts come from. */
import type { ReactNode } from 'react';

import { Panel } from '../../components/Page';
import { Message } from '../../components/states';
import type { Meta, Schemas } from '../../data';
import { useFormat } from '../../format';

export function Sharing({ meta, failed }: { meta: Meta | undefined; failed: boolean }) {
  const format = useFormat();
  const rule = meta?.sharing ?? null;
  if (!meta && failed) return <Panel title="Sharing"><p className="p-3.5 text-sm text-ink3">Not known now.</p></Panel>;
  if (!meta) return <Panel title="Sharing"><div className="p-3.5"><div className="skel h-10" role="status" aria-label="Loading" /></div></Panel>;
  if (!rule) {
    return (
      <Panel title="Sharing">
        <p className="p-3.5 text-sm text-ink2">Nothing is shared out: whoever causes a cost bears it. The section <code>sharing</code> of the settings has what can be.</p>
      </Panel>
    );
  }
  const labels = Object.entries(rule.labels).map(([key, values]) => `${key}: ${values.join(', ')}`);
  const rows: [string, ReactNode][] = [
    ['Namespaces', rule.namespaces.join(', ') || 'none'],
    ['Labels', labels.join('; ') || 'none'],
    ['A month', rule.monthly ? format.headline(rule.monthly) : 'no amount'],
    ['Control plane', rule.management ? 'shared out' : 'not shared out'],
    ['Load balancers', rule.loadBalancers ? 'shared out' : 'not shared out'],
    ['Split', rule.split === 'even' ? 'to all alike' : 'by what each costs'],
  ];
  return (
    <Panel title="Sharing">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 p-3.5 text-sm">
        {rows.map(([title, value]) => (
          <div key={title} className="contents">
            <dt className="text-ink3">{title}</dt>
            <dd className="num break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

const KINDS: Record<Schemas['SourceModel']['kind'], string> = { prometheus: 'Prometheus', samples: 'Samples', lake: 'Lake' };

export function Sources({ sources }: { sources: readonly Schemas['SourceModel'][] }) {
  const format = useFormat();
  return (
    <Panel title="Sources">
      {sources.length === 0 ? (
        <Message title="None">Nothing is read here.</Message>
      ) : (
        <ul>
          {sources.map((one) => (
            <li key={`${one.kind}/${one.name}`} className="border-b border-line px-3.5 py-2 text-sm last:border-b-0">
              <span className="flex items-baseline justify-between gap-3">
                <span className="font-medium">{one.name} <span className="tag">{KINDS[one.kind]}</span></span>
                <span className="num shrink-0 text-ink3">{one.dataUntil ? `data until ${format.moment(one.dataUntil)}` : 'until when is not told'}</span>
              </span>
              <code className="block font-mono text-[11.5px] wrap-anywhere text-ink2">{one.url}</code>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
