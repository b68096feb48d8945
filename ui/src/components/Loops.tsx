/** The work that goes on behind the server: each loop with how it is, what it did last, or what is wrong with it. */
import { CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';

import type { Schemas } from '../data';
import { useFormat } from '../format';

export function Loops({ status }: { status: Schemas['Status'] }) {
  const format = useFormat();
  if (status.loops.length === 0) {
    return (
      <p className="p-3.5 text-sm text-ink2">
        Nothing collects here: this server only answers questions about what is kept (<code>farthing serve</code>). Start <code>farthing up</code> where the data are.
      </p>
    );
  }
  return (
    <ul className="flex flex-col" aria-label="Loops">
      {status.loops.map((loop) => (
        <li key={loop.name} className="flex items-start gap-2.5 border-b border-line px-3.5 py-2 last:border-b-0">
          {!loop.ok ? <TriangleAlert size={15} className="mt-0.5 shrink-0 text-up" aria-hidden="true" /> : loop.rounds ? <CircleCheck size={15} className="mt-0.5 shrink-0 text-down" aria-hidden="true" /> : <CircleDashed size={15} className="mt-0.5 shrink-0 text-ink3" aria-hidden="true" />}
          <span className="min-w-0 flex-1">
            <span className="flex items-baseline justify-between gap-3">
              <span className="font-medium">{loop.name}</span>
              <span className="num text-sm text-ink3">{loop.ok ? (loop.rounds ? `${format.whole(loop.rounds)} ${loop.rounds === 1 ? 'round' : 'rounds'}` : 'not been round yet') : `failed ${loop.failures === 1 ? 'once' : `${format.whole(loop.failures)} times`}`}</span>
            </span>
            {loop.problem && <span className="block text-sm break-words text-up">{loop.problem}</span>}
            <span className="num block text-sm break-words text-ink2">
              {[loop.did, loop.succeededAt ? `last went well ${format.moment(loop.succeededAt)}` : 'never went well so far'].filter(Boolean).join(' · ')}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
