/** The table of clusters. What is missing of one opens under it, hour by hour. */
import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';

import { seriesCss } from '../../charts/palette';
import { ChangeOf, Efficiency, Money, Spark } from '../../components/figures';
import { printFilter, type Search, type SetSearch, termsOf } from '../../data';
import { duringHours, useFormat } from '../../format';
import { FreshnessOf } from './Freshness';
import { missingHours, sorted, type ClusterLine } from './lines';

interface Props {
  lines: readonly ClusterLine[];
  total: number | null;
  search: Search;
  set: SetSearch;
  /** Clusters in the order of their colours in the chart. */
  keys: readonly string[];
  onLight: (key: string | null) => void;
  /** How fresh they are is not there yet. */
  waiting: boolean;
}

const COLUMNS: readonly { id: string; title: string; right?: boolean; sortable?: boolean; doc?: string }[] = [
  { id: 'name', title: 'Cluster', sortable: true },
  { id: 'where', title: 'Provider, region', doc: 'Of its nodes in the last known hour, where all agree' },
  { id: 'cost', title: 'Cost', right: true, sortable: true, doc: 'With its idle' },
  { id: 'change', title: 'Change', right: true, sortable: true, doc: 'Since the period before, of which as much had gone by' },
  { id: 'trend', title: 'Trend' },
  { id: 'share', title: 'Share', right: true, doc: 'Of the cost of all clusters' },
  { id: 'idle', title: 'Idle', right: true, sortable: true, doc: 'Of its cost, what nobody held' },
  { id: 'efficiency', title: 'Efficiency', right: true, sortable: true, doc: 'Used of what was requested, CPU and RAM' },
  { id: 'nodes', title: 'Nodes', right: true, sortable: true, doc: 'In its last known hour' },
  { id: 'behind', title: 'Data', sortable: true, doc: 'Until when its data go. Fresh while its last hour ended a few hours ago at most' },
  { id: 'missing', title: 'Gaps', sortable: true, doc: 'Hours of the window that are missing between its first and the last of any cluster' },
  { id: 'since', title: 'History from' },
];

export function ClusterTable({ lines, total, search, set, keys, onLight, waiting }: Props) {
  const format = useFormat();
  const by = search.sort.replace(/^-/, '');
  const down = search.sort.startsWith('-');
  const cell = 'px-2.5 py-2 whitespace-nowrap first:pl-3.5';
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Clusters">
      <table className="w-full min-w-[1080px] border-collapse text-sm">
        <thead className="bg-sunk text-xs">
          <tr>
            {COLUMNS.map((column) => {
              const on = by === column.id;
              return (
                <th key={column.id} scope="col" title={column.doc} aria-sort={on ? (down ? 'descending' : 'ascending') : undefined} className={`h-8 px-2.5 first:pl-3.5 font-medium whitespace-nowrap text-ink2 ${column.right ? 'text-right' : 'text-left'}`}>
                  {column.sortable ? (
                    <button type="button" className={`inline-flex h-6 items-center gap-1 hover:text-ink ${on ? 'text-ink' : ''}`} onClick={() => set({ sort: on ? (down ? column.id : `-${column.id}`) : column.id === 'name' ? 'name' : `-${column.id}` }, { replace: true })}>
                      {on && (down ? <ArrowDown size={12} aria-hidden="true" /> : <ArrowUp size={12} aria-hidden="true" />)}
                      {column.title}
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted(lines, search.sort).map((line) => {
            const open = search.open === line.name;
            return (
              <Fragment key={line.name}>
                <tr className="border-t border-line hover:bg-hover">
                  <th scope="row" className={`${cell} text-left font-medium`}>
                    <Link to="/allocations" search={{ window: search.window, zone: search.zone, filter: printFilter(termsOf('cluster', line.name)) }} className="inline-flex items-center gap-2 hover:underline" onFocus={() => onLight(line.name)} onBlur={() => onLight(null)} onMouseEnter={() => onLight(line.name)} onMouseLeave={() => onLight(null)}>
                      <span aria-hidden="true" className="size-[9px] rounded-[2px]" style={{ backgroundColor: keys.includes(line.name) ? seriesCss(keys.indexOf(line.name)) : 'var(--other)' }} />
                      {line.name}
                    </Link>
                  </th>
                  <td className={`${cell} text-ink2`}>{waiting ? <Wait /> : [line.state?.provider, line.state?.region].filter(Boolean).join(', ') || '—'}</td>
                  <td className={`${cell} text-right`}>
                    <Money value={line.cost} strong />
                    {line.partial && <span className="tag tag-warn ml-1.5" title="Something in it has no price and is not in this figure">part</span>}
                  </td>
                  <td className={`${cell} text-right`}><ChangeOf now={line.cost} before={line.before} /></td>
                  <td className={cell}><Spark values={line.trend} width={84} /></td>
                  <td className={`${cell} num text-right text-ink2`}>{format.share(line.cost !== null && total ? line.cost / total : null)}</td>
                  <td className={`${cell} num text-right`}>{format.share(line.cost && line.idle !== null ? line.idle / line.cost : null)}</td>
                  <td className={`${cell} text-right`}><Efficiency value={line.efficiency} /></td>
                  <td className={`${cell} num text-right`}>{waiting ? <Wait /> : format.whole(line.state?.nodes)}</td>
                  <td className={cell}>
                    <FreshnessOf state={line.state ?? undefined} loading={waiting} />
                    {line.state?.behindSeconds != null && line.state.state !== 'fresh' && <span className="num block pl-3.5 text-xs text-ink3">{format.duration(line.state.behindSeconds)} ago</span>}
                  </td>
                  <td className={cell}>{waiting ? <Wait /> : <Gaps line={line} open={open} onOpen={() => set({ open: open ? '' : line.name }, { replace: true })} />}</td>
                  <td className={`${cell} num text-ink2`}>{waiting ? <Wait /> : line.state?.first ? format.fullDay(line.state.first) : '—'}</td>
                </tr>
                {open && line.state && line.state.gaps.length > 0 && (
                  <tr className="border-t border-line bg-sunk">
                    <td colSpan={COLUMNS.length} className="px-3.5 py-2.5">
                      <p className="mb-1.5 text-xs text-ink3">Missing of {line.name} in this window ({format.zone}): nothing of these hours is in any figure.</p>
                      <ul className="num flex max-h-56 flex-col gap-1 overflow-y-auto" id={`gaps-${line.name}`}>
                        {line.state.gaps.map((gap) => (
                          <li key={gap.start}>
                            {format.moment(gap.start)} – {format.moment(gap.end)} <span className="text-ink3">· {format.whole(duringHours(gap.start, gap.end))} h</span>
                          </li>
                        ))}
                      </ul>
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Gaps({ line, open, onOpen }: { line: ClusterLine; open: boolean; onOpen: () => void }): ReactNode {
  const format = useFormat();
  const missing = missingHours(line.state);
  if (missing === null) return <span className="text-ink3">—</span>;
  const gaps = line.state?.gaps.length ?? 0;
  if (missing === 0) return <span className="text-ink3">none</span>;
  return (
    <button type="button" className="num inline-flex h-6 items-center gap-1 text-warn hover:underline" aria-expanded={open} aria-controls={`gaps-${line.name}`} onClick={onOpen}>
      {open ? <ChevronDown size={13} aria-hidden="true" /> : <ChevronRight size={13} aria-hidden="true" />}
      {format.whole(gaps)} {gaps === 1 ? 'gap' : 'gaps'}, {format.whole(missing)} h
    </button>
  );
}

const Wait = () => <span className="skel inline-block h-4 w-14 align-middle" />;
