/** What is kept: chips for each term, a way to add one with suggestions, and the whole filter as text. */
import { Code, Plus, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import { memo, useDeferredValue, useEffect, useRef, useState } from 'react';

import { freeOf, OPERATORS, orElse, parseFilter, printFilter, useSuggestions, type Term } from '../data';
import { nameOf, titleOf } from '../format';

interface Props {
  subject: 'allocation' | 'assets';
  filter: string;
  /** What can be filtered by, as /meta tells. */
  fields: readonly { field: string; kind: string }[];
  window: string;
  onChoose: (filter: string) => void;
  /** What the server says is wrong with the filter. */
  problem?: string | undefined;
}

/** The button that adds a term; it stands among the controls. */
export const AddFilter = memo(function AddFilterOf({ subject, filter, fields, window, onChoose }: Props) {
  const [open, setOpen] = useState(false);
  const [field, setField] = useState('');
  const [key, setKey] = useState('');
  const [operator, setOperator] = useState(':');
  const [text, setText] = useState('');
  const search = useDeferredValue(text);
  const map = fields.find((one) => one.field === field)?.kind === 'map';
  const keys = useSuggestions(subject, { window, field, limit: 100 }, open && map);
  const asked = map ? (key ? `${field}:${key}` : '') : field;
  const term = (value: string): Term => ({ field: map ? `${field}[${key}]` : field, operator, values: [value] });
  const values = useSuggestions(subject, { window, field: asked, search, limit: 40, filter: freeOf(filter, term('').field) }, open && asked !== '');
  const [typing, setTyping] = useState(false);
  const add = (value: string): void => {
    onChoose(orElse(filter, term(value)));
    setOpen(false);
    setText('');
  };
  return (
    <Popover.Root open={open} onOpenChange={(next) => { setOpen(next); setTyping(false); }}>
      <Popover.Trigger className="btn border-dashed">
        <Plus size={13} aria-hidden="true" /> Filter
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="pop flex w-[320px] flex-col gap-2 p-2" align="start" sideOffset={4} collisionPadding={8} aria-label="Add a filter">
          {typing ? (
            <Typed filter={filter} problem={undefined} onChoose={(chosen) => { setOpen(false); onChoose(chosen); }} onCancel={() => setTyping(false)} />
          ) : (
            <button type="button" className="btn btn-quiet order-last self-start px-1.5 text-ink3" onClick={() => setTyping(true)}>
              <Code size={13} aria-hidden="true" /> Write it as text
            </button>
          )}
          <div className={typing ? 'hidden' : 'flex gap-2'}>
            <select className="field min-w-0 flex-1" aria-label="Field" value={field} onChange={(event) => { setField(event.target.value); setKey(''); }}>
              <option value="">Field…</option>
              {fields.map((one) => (
                <option key={one.field} value={one.field}>
                  {titleOf(one.field)}
                </option>
              ))}
            </select>
            <select className="field" aria-label="Operator" value={operator} onChange={(event) => setOperator(event.target.value)}>
              {OPERATORS.map(([sign, words]) => (
                <option key={sign} value={sign}>
                  {words}
                </option>
              ))}
            </select>
          </div>
          {!typing && map && (
            <select className="field" aria-label="Key" value={key} onChange={(event) => setKey(event.target.value)}>
              <option value="">{keys.isLoading ? 'Looking…' : 'Key…'}</option>
              {(keys.data?.values ?? []).map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
          {!typing && asked && (
            <>
              <form className="flex gap-2" onSubmit={(event) => { event.preventDefault(); if (text) add(text); }}>
                <input className="field min-w-0 flex-1" aria-label="Value" placeholder="Value…" value={text} onChange={(event) => setText(event.target.value)} />
                <button type="submit" className="btn" disabled={!text}>
                  Add
                </button>
              </form>
              <ul className="max-h-56 overflow-auto" aria-label="Values that are there">
                {(values.data?.values ?? []).map((one) => (
                  <li key={one}>
                    <button type="button" className="item" onClick={() => add(one)}>
                      <span className="truncate">{nameOf(one, field)}</span>
                    </button>
                  </li>
                ))}
                {values.data?.values.length === 0 && <li className="item text-ink3">No such value in this window.</li>}
              </ul>
            </>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
});

/** The line of chips; nothing where there is no filter. */
export function FilterBar({ filter, onChoose, problem }: Pick<Props, 'filter' | 'onChoose' | 'problem'>) {
  const [typing, setTyping] = useState(false);
  const terms = parseFilter(filter);
  if (!filter && !typing) return null;
  if (typing || !terms || problem) return <Typed key={filter} filter={filter} problem={problem} onChoose={(text) => { setTyping(false); onChoose(text); }} onCancel={terms ? () => setTyping(false) : undefined} />;
  return (
    <div className="flex flex-wrap items-center gap-1.5" role="group" aria-label="Filters">
      {terms.map((term, place) => (
        <span key={printFilter([term])} className="inline-flex h-[26px] max-w-full items-center gap-1 rounded-full border border-line2 bg-panel pr-1 pl-2.5 text-sm">
          <span className="text-ink3 whitespace-nowrap">
            {titleOf(term.field)} {OPERATORS.find(([sign]) => sign === term.operator)?.[1]}
          </span>
          <strong className="truncate font-medium">{term.values.map((value) => nameOf(value, term.field)).join(' or ')}</strong>
          <button type="button" className="rounded-full p-1 text-ink3 hover:bg-sunk hover:text-ink" aria-label={`Remove: ${titleOf(term.field)} ${term.values.join(', ')}`} onClick={() => onChoose(printFilter(terms.filter((_, other) => other !== place)))}>
            <X size={12} />
          </button>
        </span>
      ))}
      <button type="button" className="btn btn-quiet h-[26px] px-1.5" onClick={() => setTyping(true)} aria-label="Edit the filter as text" title="Edit the filter as text">
        <Code size={13} />
      </button>
      {terms.length > 1 && (
        <button type="button" className="text-sm text-ink3 underline underline-offset-2 hover:text-ink" onClick={() => onChoose('')}>
          Clear all
        </button>
      )}
    </div>
  );
}

function Typed({ filter, problem, onChoose, onCancel }: { filter: string; problem: string | undefined; onChoose: (filter: string) => void; onCancel: (() => void) | undefined }) {
  const [text, setText] = useState(filter);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(text.trim());
      }}
    >
      <input
        ref={input}
        className={`field min-w-[200px] flex-1 font-mono ${problem ? 'border-up' : ''}`}
        aria-label="Filter as text"
        aria-invalid={problem !== undefined}
        aria-describedby={problem ? 'filter-problem' : undefined}
        placeholder={'namespace:"shop"+label[team]:"growth"'}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel?.();
        }}
      />
      <button type="submit" className="btn">
        Apply
      </button>
      <button type="button" className="btn btn-quiet" onClick={() => onChoose('')}>
        Remove
      </button>
      {problem && (
        <p id="filter-problem" className="basis-full text-sm text-up">
          {problem}
        </p>
      )}
    </form>
  );
}
