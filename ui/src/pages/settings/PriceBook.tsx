/** The price book in force: what each rule matches and what it costs. */
import { Panel } from '../../components/Page';
import { Message } from '../../components/states';
import type { Schemas } from '../../data';
import { useFormat } from '../../format';
import { rulesFound } from './found';

type Book = Schemas['PriceBookModel'];
type Price = Book['rules'][number]['prices'][number];

const KINDS: Record<Book['rules'][number]['kind'], string> = { rule: 'Rule', rate: 'Rate', 'default rate': 'Default' };

export function PriceBook({ book, q }: { book: Book | null; q: string }) {
  const format = useFormat();
  if (!book) return <Panel title="Price book"><Message title="None is known here">This server answers from costs that were priced elsewhere.</Message></Panel>;
  const rules = rulesFound(book.rules, q);
  return (
    <Panel title="Price book" aside={`${format.whole(book.rules.length)} ${book.rules.length === 1 ? 'rule' : 'rules'}, in ${book.currency}`} className="max-h-[520px] overflow-hidden">
      <div className="border-b border-line px-3.5 py-2 text-sm">
        <strong className="font-semibold">{book.name}</strong> {book.isDefault && <span className="tag tag-warn">default prices</span>}
        <span className="block break-words text-ink3">{book.origin || 'The book that comes with Farthing'}{book.isDefault ? ': nothing in it is your own price.' : ''}</span>
        {book.notes.map((note) => (
          <span key={note.text} className="mt-1 block text-ink2">{note.text}{note.cure ? ` To do: ${note.cure}` : ''}</span>
        ))}
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
      <div className="min-h-0 flex-1 overflow-auto" tabIndex={0} role="region" aria-label="Rules of the price book">
        {rules.length ? (
          <table className="w-full min-w-[620px] text-sm">
            <thead className="sticky top-0 bg-sunk text-xs">
              <tr>
                <th scope="col" className="px-3.5 py-1.5 text-left font-medium text-ink2">Rule</th>
                <th scope="col" className="w-1/2 px-3.5 py-1.5 text-left font-medium text-ink2">Matches</th>
                <th scope="col" className="px-3.5 py-1.5 text-right font-medium text-ink2">Price</th>
              </tr>
            </thead>
            <tbody>
              {rules.map((rule, place) => (
                <tr key={`${rule.name}/${place}`} className="border-t border-line align-top hover:bg-hover">
                  <th scope="row" className="px-3.5 py-1.5 text-left font-medium">
                    {rule.name}
                    {rule.kind !== 'rule' && <span className={`tag ml-1.5 ${rule.kind === 'default rate' ? 'tag-warn' : ''}`}>{KINDS[rule.kind]}</span>}
                  </th>
                  <td className="px-3.5 py-1.5 text-ink2">
                    {rule.match ? rule.match.split(', ').map((part) => <code key={part} className="mr-1 mb-0.5 inline-block rounded-[4px] bg-sunk px-1 font-mono text-[11.5px] wrap-anywhere">{part}</code>) : <span className="text-ink3">what no rule prices</span>}
                  </td>
                  <td className="num px-3.5 py-1.5 text-right whitespace-nowrap">
                    {rule.prices.map((price, at) => (
                      <span key={at} className="block" title={price.written}>
                        <span className="text-ink3">{priced(price)}</span> {book.currency === format.currency ? format.price(price.value) : `${price.value} ${book.currency}`} <span className="text-ink3">/ {price.unit.split('/')[1] ?? price.unit}</span>
                      </span>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : (
          <Message title="No rule matches">{q ? `“${q}” is in no rule of the book.` : 'The book has no rules.'}</Message>
        )}
      </div>
    </Panel>
  );
}

const priced = (price: Price): string => [title(price.priced), price.lifecycle?.replace('_', ' ')].filter(Boolean).join(', ');
const title = (name: string): string => (/^(cpu|ram|gpu)$/.test(name) ? name.toUpperCase() : name.replace(/_/g, ' '));
