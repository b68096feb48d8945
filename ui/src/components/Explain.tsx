/** How a number is made: what was held, at which price, what was received, and what rests on a guess. The parts add up to the number. */
import { Link } from '@tanstack/react-router';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';

import { useAnswer, type Parameters, type Schemas } from '../data';
import { nameOf, titleOf, useFormat, type Format } from '../format';
import { Sheet } from './Sheet';
import { Failed, Skeleton } from './states';

export interface Explained {
  /** What the number is of, as a person reads it. */
  title: string;
  /** A column of a view. */
  column: string;
  /** The filter that keeps what the number is of; `idle`: its idle rows. */
  filter: string;
  idle: boolean;
  /** Its idle rows as well. */
  idleToo?: boolean;
}

interface Props {
  what: Explained | null;
  /** The rest of the question: window, zone, idle, sharing. */
  question: Parameters;
  onClose: () => void;
  /** Ways on from here: drill, filter, the workload's page. */
  ways?: ReactNode;
}

const OF: Record<string, string> = { cpu_cost: 'cpu', ram_cost: 'ram', gpu_cost: 'gpu', storage_cost: 'storage', load_balancer_cost: 'load_balancer' };

export function Explain({ what, question, onClose, ways }: Props) {
  return (
    <Sheet open={what !== null} onClose={onClose}>
      {what && <Body what={what} question={question} ways={ways} />}
    </Sheet>
  );
}

function Body({ what, question, ways }: { what: Explained; question: Parameters; ways: ReactNode }) {
  const format = useFormat();
  const of = OF[what.column] ?? 'total';
  const asked = { ...question, filter: what.filter, of };
  const own = useAnswer<'Explanation'>('/allocation/explain', { ...asked, special: what.idle ? 'idle' : undefined });
  const idle = useAnswer<'Explanation'>('/allocation/explain', { ...asked, special: 'idle' }, { enabled: what.idleToo ?? false });
  const whole = what.idleToo ? [own, idle] : [own];
  const error = whole.find((one) => one.isError && !one.data)?.error;
  const answers = whole.flatMap((one) => (one.data && !one.isPlaceholderData ? [one.data] : []));
  const told = answers.length === whole.length ? answers.reduce(together) : undefined;
  return (
    <>
      <header className="border-b border-line px-5 pt-4 pr-12 pb-3">
        <p className="text-xs text-ink3">How this number is made · {of === 'total' ? 'Total' : titleOf(what.column)}</p>
        <Dialog.Title className="truncate text-lg font-semibold" title={what.title}>
          {what.title}
        </Dialog.Title>
        <p className="num text-2xl font-semibold tracking-tight" data-testid="explained">
          {told ? format.headline(told.total) : <span className="skel inline-block h-7 w-32" />}
        </p>
        {told && <p className="text-sm text-ink3">{format.window(told.window.start, told.window.end)} · {told.zone}{told.partial ? `, known until ${format.moment(told.asOf)}` : ''}</p>}
        {ways && <div className="mt-2 flex flex-wrap gap-2">{ways}</div>}
      </header>
      <div className="flex min-h-0 flex-1 flex-col overflow-auto">
        {told ? (
          <Parts told={told} format={format} />
        ) : error ? (
          <Failed error={error} retry={() => whole.forEach((one) => void one.refetch())} what="How it is made" />
        ) : (
          <Skeleton chart={false} rows={8} />
        )}
      </div>
    </>
  );
}

/** How what two explanations are of is made, taken together. */
export function together(one: Schemas['Explanation'], other: Schemas['Explanation']): Schemas['Explanation'] {
  const marks = new Map(one.marks.map((mark) => [mark.name, mark]));
  for (const mark of other.marks) {
    const same = marks.get(mark.name);
    marks.set(mark.name, same ? { ...same, rows: same.rows + mark.rows, cost: same.cost + mark.cost } : mark);
  }
  // The same asset may lack its price on either side: it is one.
  const unpriced = new Map([...one.unpriced, ...other.unpriced].sort((a, b) => a.assets - b.assets).map((lack) => [lack.resource + lack.reason, lack]));
  const notes = new Map([...(one.notes ?? []), ...(other.notes ?? [])].map((note) => [note.cluster + note.text, note]));
  return {
    ...one,
    total: one.total === null || other.total === null ? (one.total ?? other.total) : one.total + other.total,
    parts: [...one.parts, ...other.parts].sort((a, b) => (b.cost ?? -1) - (a.cost ?? -1)),
    marks: [...marks.values()].sort((a, b) => b.cost - a.cost),
    unpriced: [...unpriced.values()],
    notes: [...notes.values()],
  };
}

/** The parts, dearest first, with the sum as it is shown and what rounding leaves over; then what a reader must know. */
export function Parts({ told, format }: { told: Schemas['Explanation']; format: Format }) {
  const rest = format.rounding(told.parts.map((part) => part.cost), told.total);
  return (
    <>
      <ul className="flex flex-col" aria-label="Parts">
        {told.parts.map((part, place) => (
          <li key={place} className="border-b border-line px-5 py-2.5" data-testid="part">
            <div className="flex items-baseline justify-between gap-3">
              <span className="font-medium">{partTitle(part)}</span>
              <span className="num font-semibold">{format.money(part.cost)}</span>
            </div>
            <Sum part={part} format={format} />
          </li>
        ))}
        {rest !== 0 && (
          <li className="flex justify-between border-b border-line px-5 py-2 text-sm text-ink3">
            <span>Cents that rounding leaves over</span>
            <span className="num">{format.difference(rest)}</span>
          </li>
        )}
        <li className="flex justify-between border-b border-line2 bg-sunk px-5 py-2.5 font-semibold">
          <span>Together</span>
          <span className="num">{format.headline(told.total)}</span>
        </li>
      </ul>
      {told.unpriced.length > 0 && (
        <Section title="Without a price">
          {told.unpriced.map((one) => (
            <li key={one.resource + one.reason}>
              <strong className="font-medium">{one.resource}</strong> of {format.whole(one.assets)} assets: {one.reason}. <span className="text-ink2">{one.cure}</span>
            </li>
          ))}
        </Section>
      )}
      {told.marks.length > 0 && (
        <Section title="What to know of it">
          {told.marks.map((mark) => (
            <li key={mark.name}>
              <span className={`tag mr-1.5 ${mark.guess ? 'tag-warn' : ''}`}>{mark.guess ? 'assumed' : 'noted'}</span>
              <strong className="font-medium">{mark.name}</strong>
              {mark.cost > 0 && <span className="num text-ink3"> · {format.money(mark.cost)}</span>}
              <p className="text-ink2">{mark.doc}.</p>
              {mark.cure && <p className="text-ink3">To do: {mark.cure}</p>}
            </li>
          ))}
        </Section>
      )}
      {(told.notes ?? []).length > 0 && (
        <Section title="Notes">
          {(told.notes ?? []).map((note) => (
            <li key={note.cluster + note.text} className="text-ink2">
              {note.cluster && <strong className="font-medium">{note.cluster}: </strong>}
              {note.text}
            </li>
          ))}
        </Section>
      )}
      <p className="px-5 py-3 text-sm text-ink3">
        What is held is the larger of requested and used, hour by hour.{' '}
        <Link to="/settings" className="link">
          The price book
        </Link>{' '}
        says what it costs.
      </p>
    </>
  );
}

function Sum({ part, format }: { part: Schemas['PartModel']; format: Format }) {
  const { quantity, price } = part;
  return (
    <div className="mt-0.5 text-sm text-ink2">
      {quantity && (
        <p className="num">
          {format.quantity(quantity.held, quantity.unit)}
          {price && (
            <>
              {' × '}
              {format.price(price.value)}
              <span className="text-ink3"> per {price.unit.split('/')[1]}</span>
            </>
          )}
        </p>
      )}
      {quantity && (quantity.requested !== null || quantity.used !== null) && (
        <p className="num text-ink3">
          requested {format.quantity(quantity.requested, quantity.unit)} · used {format.quantity(quantity.used, quantity.unit)}
        </p>
      )}
      {price && (
        <p className="text-ink3">
          {[price.instanceType, price.storageClass, price.lifecycle?.replace('_', '-'), price.region].filter(Boolean).join(' · ')}
          {price.instanceType ?? price.storageClass ?? price.lifecycle ?? price.region ? ' · ' : ''}
          {price.category === 'default' ? <span className="tag tag-warn">default price</span> : null} {price.source}
          {part.assets > 0 && ` · ${format.whole(part.assets)} ${part.assets === 1 ? 'asset' : 'assets'}`}
        </p>
      )}
      {part.reason && <p className="text-ink3">{part.reason}</p>}
      {part.cure && <p className="text-ink3">To do: {part.cure}</p>}
      {part.factorNote && <p className="text-ink3">{part.factorNote}</p>}
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-b border-line px-5 py-3 text-sm">
      <h3 className="mb-1.5 text-base font-semibold">{title}</h3>
      <ul className="flex flex-col gap-2">{children}</ul>
    </section>
  );
}

const KINDS: Record<string, string> = { held: '', idle: 'idle', unmounted: 'that nobody mounts', unobserved: 'not observed', shared: 'received', overhead: 'overhead received', management: '' };

function partTitle(part: Schemas['PartModel']): string {
  const resource = part.resource === 'shared' ? 'Shared costs' : titleOf(`${part.resource}_cost`);
  const kind = KINDS[part.kind] ?? part.kind;
  return nameOf(kind ? `${resource}, ${kind}` : resource);
}
