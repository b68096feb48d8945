/** How the cost is made: quantities at prices. The parts are held against the cost that stands at the top of the page. */
import { CircleCheck, TriangleAlert } from 'lucide-react';

import { Parts } from '../../components/Explain';
import { Panel } from '../../components/Page';
import { Failed, Skeleton } from '../../components/states';
import { useAnswer, type Search } from '../../data';
import { useFormat } from '../../format';
import { question } from './questions';

const SAME = 0.005;

export function Made({ search, cost }: { search: Search; cost: number | null }) {
  const format = useFormat();
  const told = useAnswer<'Explanation'>('/allocation/explain', question(search));
  const sum = (told.data?.parts ?? []).reduce((all, part) => all + (part.cost ?? 0), 0);
  const same = cost !== null && Math.abs(sum - cost) < SAME;
  return (
    <Panel
      title="How the number is made"
      aside={told.data && cost !== null && !told.isPlaceholderData && (
        <span className={`inline-flex items-center gap-1.5 ${same ? 'text-down' : 'text-warn'}`} data-testid="adds-up">
          {same ? <CircleCheck size={13} aria-hidden="true" /> : <TriangleAlert size={13} aria-hidden="true" />}
          {same ? `The parts add up to ${format.headline(cost)}` : `The parts are ${format.headline(sum)}, the cost ${format.headline(cost)}: one of both is newer`}
        </span>
      )}
    >
      {told.isError && !told.data ? (
        <Failed error={told.error} retry={() => void told.refetch()} what="How it is made" />
      ) : !told.data ? (
        <Skeleton chart={false} rows={8} />
      ) : (
        <div className={told.isPlaceholderData ? 'opacity-50' : ''}><Parts told={told.data} format={format} /></div>
      )}
    </Panel>
  );
}
