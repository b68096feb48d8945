/** How far these figures can be trusted: until when data go, what rests on something assumed, what has no price. */
import { Link } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';

import { Table, useAnswer, type Meta, type Search } from '../../data';
import { useFormat } from '../../format';
import { useClusterCosts } from './questions';

export function Trust({ search, meta }: { search: Search; meta: Meta | undefined }) {
  const format = useFormat();
  const costs = useClusterCosts(search);
  const states = useAnswer<'Clusters'>('/clusters', { window: search.window, zone: search.zone }, { everySeconds: 60 });
  const status = useAnswer<'Status'>('/status', {}, { everySeconds: 15 });
  if (!costs.data) return null;
  const table = new Table(costs.data);
  const total = table.number(table.total, 'total_cost');
  const guessed = (costs.data.guesses ?? []).filter((one) => one.cost > 0);
  const most = guessed.reduce<(typeof guessed)[number] | null>((a, b) => (a && a.cost >= b.cost ? a : b), null);
  const unpriced = (costs.data.unpriced ?? []).reduce((sum, one) => sum + one.assets, 0);
  const missing = states.data?.clusters.map((one) => (one.hoursExpected === null || one.hoursKnown === null ? 0 : one.hoursExpected - one.hoursKnown)).reduce((a, b) => a + b, 0);
  const until = status.data?.dataUntil ?? meta?.asOf;
  const parts = [
    until ? `Data until ${format.moment(until)} (${format.zone})` : null,
    missing === undefined ? null : missing === 0 ? 'no hour is missing' : `${format.whole(missing)} hours of clusters are missing`,
    most ? `${format.money(most.cost)}${total ? ` (${format.share(most.cost / total)})` : ''} rest on “${most.name}”${guessed.length > 1 ? `, and ${format.whole(guessed.length - 1)} more ${guessed.length === 2 ? 'assumption' : 'assumptions'}` : ''}` : 'nothing rests on an assumption',
    unpriced ? `${format.whole(unpriced)} assets have no price` : 'everything has a price',
  ].filter((part) => part !== null);
  return (
    <p className="flex items-start gap-2 px-1 text-sm text-ink3" data-testid="trust">
      <ShieldCheck size={15} className="mt-px shrink-0" aria-hidden="true" />
      <span>
        <span className="font-medium text-ink2">How far to trust this.</span> {parts.join('; ')}. <Link to="/doctor" className="link">Doctor</Link> looks for what makes numbers wrong.
      </span>
    </p>
  );
}
