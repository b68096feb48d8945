/** The prices of a node, and who says so: as they are told of what was held on it and of what was not. */
import { Failed } from '../../components/states';
import { useAnswer, type Parameters, type Search } from '../../data';
import { titleOf, useFormat } from '../../format';
import { Section } from './AssetPanel';
import { nodeFilter } from './groups';
import { pricesOf } from './pricelist';

export function Prices({ cluster, node, search }: { cluster: string; node: string; search: Search }) {
  const format = useFormat();
  const question: Parameters = { window: search.window, zone: search.zone, filter: nodeFilter(cluster, node), sharing: 'none' };
  const held = useAnswer<'Explanation'>('/allocation/explain', question);
  const idle = useAnswer<'Explanation'>('/allocation/explain', { ...question, special: 'idle' });
  const failed = held.error ?? idle.error;
  const told = [held.data, idle.data].flatMap((one) => one ?? []);
  const prices = pricesOf(told);
  return (
    <Section title="Price" aside="per unit and hour">
      {failed && !told.length ? (
        <Failed error={failed} retry={() => { void held.refetch(); void idle.refetch(); }} what="Its price" />
      ) : held.isPending || idle.isPending ? (
        <div className="skel h-16" role="status" aria-label="Loading" />
      ) : prices.length === 0 ? (
        <p className="text-sm text-ink2">No price is known of it.</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {prices.map(({ resource, price }) => (
            <li key={`${resource}${price.value}${price.source}`} className="text-sm">
              <div className="flex items-baseline justify-between gap-3">
                <span>{titleOf(`${resource}_cost`)}</span>
                <span className="num">{format.price(price.value)}<span className="text-ink3"> per {price.unit.split('/')[1]}</span></span>
              </div>
              <p className="text-ink3">{price.category === 'default' && <span className="tag tag-warn mr-1">default price</span>}{price.source}</p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
