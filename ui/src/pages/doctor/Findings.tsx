/** What was found, gravest first: what it is, how it is known, which numbers it touches, and the cure. */
import { Link } from '@tanstack/react-router';

import { printFilter, termsOf, type Schemas } from '../../data';
import { useFormat } from '../../format';
import { Cure, Prose } from './Prose';
import { SEVERITIES } from './severity';

type Finding = Schemas['FindingModel'];

const SHORT = 4;

export function Findings({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="flex flex-col" aria-label="Findings">
      {findings.map((one, place) => (
        <One key={`${one.layer}/${one.check}/${one.cluster}/${one.title}/${place}`} finding={one} />
      ))}
    </ul>
  );
}

function One({ finding }: { finding: Finding }) {
  const format = useFormat();
  const look = SEVERITIES[finding.severity];
  const evidence = finding.evidence;
  return (
    <li className="border-b border-line px-3.5 py-3 last:border-b-0" data-testid="finding">
      <article className="flex gap-3">
        <look.icon size={17} className={`mt-px shrink-0 ${look.tone}`} aria-hidden="true" />
        <div className="flex min-w-0 flex-1 flex-col gap-1.5">
          <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
            <h3 className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-1 text-base font-semibold">
              <span className="break-words">{capital(finding.title)}</span>
              <span className={`tag ${look.tag}`}>{look.word}</span>
              {finding.cluster && (
                <Link to="/allocations" search={{ filter: printFilter(termsOf('cluster', finding.cluster)) }} className="tag hover:underline">{finding.cluster}</Link>
              )}
            </h3>
            {(finding.money !== null || finding.share !== null) && (
              <p className="num text-sm">
                {finding.money !== null && <strong className="font-semibold">{format.money(finding.money)}</strong>}
                {finding.share !== null && <span className="text-ink2"> {finding.money !== null && '· '}{finding.share > 0 && finding.share < 0.0005 ? `under ${format.share(0.001)}` : format.share(finding.share)}</span>}
                {finding.moneyOf && <span className="text-ink3"> of {finding.moneyOf}</span>}
              </p>
            )}
          </header>
          {finding.concerns && <p className="text-ink2"><Prose text={sentence(finding.concerns)} /></p>}
          {evidence.length > 0 && evidence.length <= SHORT && <Evidence lines={evidence} />}
          {evidence.length > SHORT && (
            <>
              <Evidence lines={evidence.slice(0, SHORT - 1)} />
              <details className="text-sm">
                <summary className="link w-fit cursor-pointer">{format.whole(evidence.length - SHORT + 1)} more</summary>
                <div className="mt-1.5"><Evidence lines={evidence.slice(SHORT - 1)} /></div>
              </details>
            </>
          )}
          {finding.cure && (
            <div className="flex gap-2 text-ink">
              <span className="shrink-0 text-ink3">To do</span>
              <div className="min-w-0 flex-1"><Cure text={finding.cure} /></div>
            </div>
          )}
          <p className="text-xs text-ink3">
            Check: {finding.check} · {finding.layer === 'own' ? 'seen by this server in what it keeps' : 'found in the source of data'}
          </p>
        </div>
      </article>
    </li>
  );
}

const Evidence = ({ lines }: { lines: readonly string[] }) => (
  <ul className="flex list-disc flex-col gap-0.5 pl-4 text-sm text-ink2">
    {lines.map((line, place) => (
      <li key={place} className="break-words"><Prose text={line} /></li>
    ))}
  </ul>
);

/** The API's clauses as sentences. */
const sentence = (text: string): string => capital(text) + (/[.!?]$/.test(text) ? '' : '.');

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
