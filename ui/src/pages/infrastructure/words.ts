/** What is told of a single asset, as a person reads it. */
import { nameOf } from '../../format';

export const UNDEFINED = '__undefined__';

const ONE: Record<string, string> = { Node: 'Node', Disk: 'Volume', LoadBalancer: 'Load balancer' };

/** A value of a field of one asset; empty where it has no such thing. */
export function factName(value: string, field: string): string {
  if (value === UNDEFINED || value === '') return '';
  return field === 'type' ? (ONE[value] ?? value) : nameOf(value, field);
}
