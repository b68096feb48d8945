/** One asset beside the table: what it is, what it cost, how it was used, at which price, and who held it. */
import { Dialog } from 'radix-ui';
import { useMemo, type ReactNode } from 'react';

import { ChangeOf } from '../../components/figures';
import { Sheet } from '../../components/Sheet';
import { Failed, Message, Skeleton } from '../../components/states';
import { Table, useSmallView, type Search } from '../../data';
import { titleOf, useFormat } from '../../format';
import { assetFilter, askedGroups, readAssetKey } from './groups';
import { Holders } from './Holders';
import { LoadBar } from './Load';
import type { NodeUse } from './nodes';
import { Prices } from './Prices';
import { factName } from './words';

interface Props {
  /** The asset's key; empty: none is open. */
  open: string;
  search: Search;
  use: NodeUse | null;
  onClose: () => void;
}

export function AssetPanel({ open, search, use, onClose }: Props) {
  const asset = readAssetKey(open);
  return (
    <Sheet open={asset !== null} onClose={onClose}>
      {asset && <Body key={open} asset={asset} search={search} use={use} />}
    </Sheet>
  );
}

const FACTS = ['instanceType', 'lifecycle', 'storageClass', 'region', 'zone', 'provider', 'providerID', 'namespace'];
const COSTS = ['cpu_cost', 'ram_cost', 'gpu_cost', 'storage_cost', 'load_balancer_cost', 'management_cost'];
const CAPACITY: readonly (readonly [column: string, title: string])[] = [['cpu_core_hours', 'CPU'], ['ram_gib_hours', 'RAM'], ['gpu_card_hours', 'GPU'], ['storage_gib_hours', 'Size']];

function Body({ asset, search, use }: { asset: { cluster: string; name: string }; search: Search; use: NodeUse | null }) {
  const format = useFormat();
  const { window, zone, compare } = search;
  const view = useSmallView('/assets/view', { window, zone, compare, agg: `${askedGroups('asset')},region,zone,provider,providerID`, filter: assetFilter(asset.cluster, asset.name), step: 'all', trend: false });
  const table = useMemo(() => (view.data ? new Table(view.data) : null), [view.data]);
  const row = table?.rows[0];
  const type = table && row ? table.text(row, 'type') : '';
  const cost = table && row ? table.number(row, 'total_cost') : null;
  const hours = table && row ? table.number(row, 'asset_hours') : null;
  return (
    <>
      <header className="border-b border-line px-5 pt-4 pr-12 pb-3">
        <p className="text-xs text-ink3">{[factName(type, 'type') || 'Asset', asset.cluster].join(' · ')}</p>
        <Dialog.Title className="text-lg font-semibold break-all">{asset.name}</Dialog.Title>
        <div className="num flex items-baseline gap-3 text-2xl font-semibold tracking-tight">
          {row ? format.headline(cost) : view.isPending ? <span className="skel inline-block h-7 w-32" /> : null}
          {row && compare === 'previous' && <span className="text-sm font-normal tracking-normal"><ChangeOf now={cost} before={table.before(row)} /></span>}
        </div>
        {table && <p className="text-sm text-ink3">{format.window(table.view.window.start, table.view.window.end)} · {table.view.zone}{table.view.partial ? `, known until ${format.moment(table.view.asOf)}` : ''}</p>}
      </header>
      <div className="flex min-h-0 flex-1 flex-col overflow-auto">
        {view.isError && !table ? (
          <Failed error={view.error} retry={() => void view.refetch()} what="This asset" />
        ) : !table ? (
          <Skeleton chart={false} rows={8} />
        ) : !row ? (
          <Message title="It was not there in this window">An asset of this name is not known of between these days. Another window may have it.</Message>
        ) : (
          <>
            <Section title="What it cost">
              <dl className="flex flex-col gap-1">
                {COSTS.filter((id) => table.number(row, id)).map((id) => (
                  <Line key={id} term={titleOf(id)}>{format.money(table.number(row, id))}</Line>
                ))}
                <Line term="Per hour" title="Its cost divided by the hours that it lived">{cost !== null && hours ? format.price(cost / hours) : format.price(null)}</Line>
                <Line term="Lived">{format.quantity(hours, 'h')}</Line>
                {CAPACITY.filter(([id]) => table.number(row, id)).map(([id, title]) => (
                  <Line key={id} term={`${title}, average`}>{average(format, id, table.number(row, id), hours)}</Line>
                ))}
              </dl>
              {table.flag(row, 'partial') && <p className="mt-2 text-sm text-warn">Something of it has no price, and is not in the sum. {(table.view.unpriced ?? []).map((one) => `${one.resource}: ${one.reason}. ${one.cure}`).join(' ')}</p>}
            </Section>
            {use && type === 'Node' && (
              <Section title="How it was used" aside="held · used, of capacity">
                <dl className="flex flex-col gap-1.5">
                  <Line term="CPU" wide><LoadBar load={use.cpu} what="CPU" wide /></Line>
                  <Line term="RAM" wide><LoadBar load={use.ram} what="RAM" wide /></Line>
                  <Line term="Nobody held">{format.money(use.idleCost)}</Line>
                </dl>
              </Section>
            )}
            {type === 'Node' ? <Prices cluster={asset.cluster} node={asset.name} search={search} /> : (
              <Section title="Price">
                <p className="text-sm text-ink2">Prices are told of what runs on nodes. Of a single {factName(type, 'type').toLowerCase()} there is its cost per hour: its cost divided by the hours that it lived.</p>
              </Section>
            )}
            <Holders cluster={asset.cluster} name={asset.name} type={type} namespace={factName(table.text(row, 'namespace'), 'namespace')} search={search} />
            <Section title="What is known of it">
              <dl className="flex flex-col gap-1">
                {FACTS.map((fact) => ({ fact, text: factName(table.text(row, fact), fact) })).filter(({ text }) => text).map(({ fact, text }) => (
                  <Line key={fact} term={fact === 'namespace' ? 'Claimed in' : titleOf(fact)}><span className="break-all">{text}</span></Line>
                ))}
              </dl>
            </Section>
          </>
        )}
      </div>
    </>
  );
}

function average(format: ReturnType<typeof useFormat>, id: string, quantity: number | null, hours: number | null): string {
  if (quantity === null || !hours) return format.cores(null);
  const value = quantity / hours;
  if (id === 'cpu_core_hours') return format.cores(value);
  return id === 'gpu_card_hours' ? format.quantity(value, value === 1 ? 'card' : 'cards') : format.bytes(value * 1024 ** 3);
}

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-b border-line px-5 py-3">
      <h3 className="mb-2 flex items-baseline justify-between gap-3 text-base font-semibold">
        {title} {aside && <span className="text-xs font-normal text-ink3">{aside}</span>}
      </h3>
      {children}
    </section>
  );
}

export function Line({ term, title, wide = false, children }: { term: string; title?: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className="flex items-center justify-between gap-4 text-sm" title={title}>
      <dt className={`shrink-0 text-ink2 ${wide ? 'w-24' : ''}`}>{term}</dt>
      <dd className={`num min-w-0 text-right ${wide ? 'flex-1' : ''}`}>{children}</dd>
    </div>
  );
}
