/** What was looked at: which checks passed, which found something, and which could not be made. */
import { CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react';

import type { Schemas } from '../../data';
import { useFormat } from '../../format';

type Verdict = Schemas['VerdictModel'];

const LAYERS: Record<Verdict['layer'], string> = { own: 'What this server keeps', source: 'The source of data' };

export function Verdicts({ verdicts }: { verdicts: readonly Verdict[] }) {
  const format = useFormat();
  return (
    <div className="flex flex-col pb-2">
      {(['own', 'source'] as const).map((layer) => {
        const own = verdicts.filter((one) => one.layer === layer);
        if (!own.length) return null;
        return (
          <section key={layer}>
            <h3 className="caption px-3.5">{LAYERS[layer]}</h3>
            <ul>
              {own.map((one) => (
                <li key={one.check} className="flex items-start gap-2 px-3.5 py-1 text-sm">
                  {one.notPossible ? <CircleHelp size={14} className="mt-0.5 shrink-0 text-ink3" aria-hidden="true" /> : one.findings ? <TriangleAlert size={14} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" /> : <CircleCheck size={14} className="mt-0.5 shrink-0 text-down" aria-hidden="true" />}
                  <span className="min-w-0 flex-1">
                    {one.check}
                    {one.notPossible && <span className="block text-xs break-words text-ink3">not possible: {one.notPossible}</span>}
                  </span>
                  {!one.notPossible && <span className={`num shrink-0 ${one.findings ? 'text-ink' : 'text-ink3'}`}>{one.findings ? `${format.whole(one.findings)} ${one.findings === 1 ? 'finding' : 'findings'}` : 'passed'}</span>}
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
