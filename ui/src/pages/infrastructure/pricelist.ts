/** Which prices of nodes stand in explanations, each once. */
import type { Schemas } from '../../data';

export interface NodePrice {
  resource: string;
  price: Schemas['PriceModel'];
}

export function pricesOf(told: readonly Pick<Schemas['Explanation'], 'parts'>[]): NodePrice[] {
  const found = new Map<string, NodePrice>();
  for (const part of told.flatMap((one) => one.parts)) {
    if (part.price?.assetKind === 'node') found.set(`${part.resource} ${part.price.value} ${part.price.source}`, { resource: part.resource, price: part.price });
  }
  return [...found.values()];
}
