/** The whole cost as one bar, with each part in money and as a share. */
import { Bands, BAND_ORDER, BANDS, type Band } from '../../components/Bands';
import { useFormat } from '../../format';
import { restOf, type Waste } from './waste';

export const bandsOf = (one: Waste): Record<Band, number | null> => ({ used: one.used, spare: one.spare, idle: one.idle });

const DOCS: Record<Band, string> = {
  used: 'CPU and RAM that somebody used',
  spare: 'CPU and RAM held beyond use: workloads ask for too much',
  idle: 'CPU, RAM and GPU of nodes that no pod held',
};

export function Whole({ all, total, factor, per }: { all: Waste; total: number | null; factor: number; per: string }) {
  const format = useFormat();
  const values = bandsOf(all);
  const rest = restOf(all);
  const share = (value: number | null): string => format.share(value !== null && total ? value / total : null);
  const scaled = (value: number | null): string => format.headline(value === null ? null : value * factor);
  return (
    <div className="p-3.5">
      <Bands values={values} whole={total ?? 0} height={18} label={`${[...BAND_ORDER.map((band) => `${BANDS[band].title} ${share(values[band])}`), `use not measured ${share(rest)}`].join(', ')} of ${scaled(total)}${per}`} />
      <dl className="mt-3 grid grid-cols-2 gap-x-6 gap-y-3 lg:grid-cols-4">
        {BAND_ORDER.map((band) => (
          <Part key={band} colour={BANDS[band].colour} hatch={BANDS[band].hatch} title={BANDS[band].title} doc={DOCS[band]} amount={scaled(values[band])} share={share(values[band])} />
        ))}
        <Part title="Use not measured" doc={`GPU, storage, network and others${all.unknown > 0 ? `; CPU and RAM of which use is not known: ${format.money(all.unknown * factor)}` : ''}`} amount={scaled(rest)} share={share(rest)} />
      </dl>
    </div>
  );
}

function Part({ colour, hatch = false, title, doc, amount, share }: { colour?: string; hatch?: boolean; title: string; doc: string; amount: string; share: string }) {
  return (
    <div className="min-w-0">
      <dt className="flex items-center gap-1.5 text-sm text-ink2">
        <span aria-hidden="true" className={`block size-[10px] shrink-0 rounded-[2px] ${hatch ? 'hatch' : ''} ${colour ? '' : 'bg-sunk ring-1 ring-line2 ring-inset'}`} style={colour ? { backgroundColor: colour } : undefined} />
        {title}
      </dt>
      <dd className="num text-lg font-semibold tracking-[-0.01em]">
        {amount} <span className="text-sm font-normal tracking-normal text-ink3">{share}</span>
      </dd>
      <dd className="text-xs text-ink3">{doc}</dd>
    </div>
  );
}
