/** Doctor: what makes the numbers wrong, how that is known, and the cure. */
import { LoaderCircle, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';

import { Command } from '../../components/Command';
import { Stat } from '../../components/figures';
import { Page, Panel } from '../../components/Page';
import { Failed, FiguresSkeleton, Message, Skeleton } from '../../components/states';
import { type Schemas, type SetSearch, useAddress, useAnswer } from '../../data';
import { useFormat } from '../../format';
import { Findings } from './Findings';
import { isSeverity, ORDER, SEVERITIES, type Severity } from './severity';
import { Verdicts } from './Verdicts';

type Diagnosis = Schemas['Doctor'];

export function Doctor() {
  const [search, set] = useAddress();
  const format = useFormat();
  const doctor = useAnswer<'Doctor'>('/doctor', {}, { everySeconds: 10 });
  const { data } = doctor;
  const severity = isSeverity(search.severity) ? search.severity : null;
  const count = (one: Severity): number => data?.findings.filter((finding) => finding.severity === one).length ?? 0;
  const made = data?.verdicts.filter((one) => !one.notPossible) ?? [];
  const passed = made.filter((one) => one.findings === 0).length;
  if (doctor.isError && !data) {
    return (
      <Page title="Doctor">
        <div className="flex"><Failed error={doctor.error} retry={() => void doctor.refetch()} what="What Doctor found" /></div>
      </Page>
    );
  }
  return (
    <Page
      title="Doctor"
      under={data ? <When told={data} /> : 'What makes your numbers wrong, and the cure'}
      figures={
        data ? (
          <div className="flex flex-wrap items-end gap-y-2">
            {ORDER.map((one) => <Stat key={one} label={SEVERITIES[one].many} title={SEVERITIES[one].doc}><span className={one !== 'info' && count(one) ? SEVERITIES[one].tone : ''}>{format.whole(count(one))}</span></Stat>)}
            <Stat label="Checks passed">{format.whole(passed)} of {format.whole(data.verdicts.length)}</Stat>
          </div>
        ) : (
          <FiguresSkeleton few />
        )
      }
      controls={data ? <Filter severity={severity} count={count} all={data.findings.length} set={set} /> : <div className="skel h-[30px] w-96 max-w-full max-sm:h-[68px]" />}
    >
      <div className="grid grid-cols-1 items-start gap-3 px-4 md:px-5 lg:grid-cols-[minmax(0,1fr)_340px]">
        <Panel title="Findings" className="min-h-[220px]">{data ? <Found told={data} severity={severity} made={made.length} set={set} /> : <Skeleton chart={false} rows={8} />}</Panel>
        <div className="flex min-w-0 flex-col gap-3">
          <Panel title="Checks">{data ? <Verdicts verdicts={data.verdicts} /> : <Skeleton chart={false} rows={6} />}</Panel>
          {data && <Source told={data} />}
        </div>
      </div>
    </Page>
  );
}

function Found({ told, severity, made, set }: { told: Diagnosis; severity: Severity | null; made: number; set: SetSearch }) {
  const format = useFormat();
  const shown = severity ? told.findings.filter((one) => one.severity === severity) : told.findings;
  const notes = (
    <>
      {told.problem && (
        <div role="alert" className="border-b border-line bg-bad-soft px-3.5 py-2.5 text-sm text-up">
          The last examination of the source failed: {told.problem}
          {told.cure && <span className="block text-ink2">To do: {told.cure}</span>}
        </div>
      )}
    </>
  );
  let body: ReactNode;
  if (shown.length) body = <Findings findings={shown} />;
  else if (severity && told.findings.length) {
    body = (
      <Message title={`No ${SEVERITIES[severity].many.toLowerCase()}`} action={<button type="button" className="btn" onClick={() => set({ severity: '' })}>Show all findings</button>}>
        What was found is of another severity.
      </Message>
    );
  } else {
    body = (
      <Message icon={<ShieldCheck size={24} className="text-down" />} title="Nothing makes your numbers wrong">
        As far as {format.whole(made)} {made === 1 ? 'check' : 'checks'} can tell.{told.running ? ' The source is still being examined.' : ''}
      </Message>
    );
  }
  return <>{notes}{body}</>;
}

function When({ told }: { told: Diagnosis }) {
  const format = useFormat();
  if (told.running) {
    return (
      <span className="inline-flex items-center gap-1.5" role="status">
        <LoaderCircle size={13} className="animate-spin text-accent" aria-hidden="true" />
        The source is being examined{told.examinedAt ? `; findings are of ${format.moment(told.examinedAt)}` : ''}
      </span>
    );
  }
  if (!told.source) return <>Looked at {format.moment(told.now)} into what this server keeps</>;
  return <>{told.examinedAt ? `Source examined at ${format.moment(told.examinedAt)}${told.lookedAt ? `, ${told.lookedAt}` : ''}` : 'The source was not examined yet'}</>;
}

/** One severity, or all. */
function Filter({ severity, count, all, set }: { severity: Severity | null; count: (one: Severity) => number; all: number; set: SetSearch }) {
  const format = useFormat();
  const choices: [string, string, number][] = [['', 'All', all], ...ORDER.map((one): [string, string, number] => [one, SEVERITIES[one].many, count(one)])];
  return (
    <div className="flex flex-wrap gap-2" role="group" aria-label="Severity">
      {choices.map(([value, title, many]) => {
        const on = (severity ?? '') === value;
        return (
          <button key={value} type="button" className={`btn ${on ? 'border-accent! bg-accent-soft! text-accent!' : ''}`} aria-pressed={on} onClick={() => set({ severity: value })}>
            {title} <span className={`num ${on ? '' : 'text-ink3'}`}>{format.whole(many)}</span>
          </button>
        );
      })}
    </div>
  );
}

/** What is examined, and how to do it by hand. */
function Source({ told }: { told: Diagnosis }) {
  const rows: [string, string | null | undefined][] = [['Server', told.source], ['Version', told.server?.version], ['Keeps', told.server?.retention], ['Cluster label', told.server?.clusterLabel]];
  return (
    <Panel title="The source of data">
      <div className="flex flex-col gap-2.5 p-3.5 text-sm">
        {told.source ? (
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
            {rows.map(([title, value]) => (
              <div key={title} className="contents">
                <dt className="text-ink3">{title}</dt>
                <dd className="break-words">{value ?? '—'}</dd>
              </div>
            ))}
          </dl>
        ) : (
          <p className="text-ink2">No Prometheus is asked here, so there is none to be examined: samples come from exporters themselves, or facts from a lake.</p>
        )}
        {told.notes.map((note) => <p key={note} className="text-ink2">{note}</p>)}
        <p className="text-ink3">{told.source ? 'The same in a terminal:' : 'To examine one, in a terminal:'}</p>
        <Command>{told.source ? `farthing doctor --prometheus ${told.source}` : 'farthing doctor --prometheus URL'}</Command>
      </div>
    </Panel>
  );
}
