/** Who pays: costs by any field, over time and in a table, from a cluster down to a container. */
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';

import { expectChart } from '../../charts/CostChart';
import { Explain } from '../../components/Explain';
import { FilterBar } from '../../components/FilterBar';
import { Page } from '../../components/Page';
import { Failed, FiguresSkeleton, FilterNotUnderstood, NothingMatches, Skeleton } from '../../components/states';
import { allocationParameters, filterProblemOf, nextGroup, Table, useAddress, useMeta, useView } from '../../data';
import { titleOf, useFormat } from '../../format';
import { shownColumns } from './columns';
import { Controls } from './Controls';
import { CostTable, type Made } from './CostTable';
import { Crumbs } from './Crumbs';
import { opened } from './drill';
import { Export } from './Export';
import { Headline } from './Headline';

const inWords = (agg: string): string => agg.split(',').map(titleOf).join(' › ').toLowerCase();

export function Allocations() {
  const [search, set] = useAddress();
  const format = useFormat();
  const meta = useMeta();
  useEffect(expectChart, []);
  const parameters = useMemo(() => allocationParameters(search), [search]);
  const view = useView('/allocation/view', parameters);
  const { data, error, isFetching, isPlaceholderData, refetch } = view;
  // While an answer is on its way the one before it stays, with what was asked for it: nothing of the table is made anew until then.
  const [drawn, setDrawn] = useState(search);
  if (drawn !== search && !isPlaceholderData) setDrawn(search);
  const [made, setMade] = useState<Made | null>(null);
  const table = useMemo(() => {
    const first = data?.pages[0];
    return first ? new Table(first, data.pages.map((page) => page.rows)) : null;
  }, [data]);
  const chosen = useMemo(() => (search.cols ? search.cols.split(',') : null), [search.cols]);
  const shown = useMemo(() => (table ? shownColumns(table, chosen, drawn.compare === 'previous') : []), [table, chosen, drawn.compare]);
  const filterProblem = filterProblemOf(error);
  const by = inWords(drawn.agg);
  const further = made && table && made.row !== table.total ? opened(table, made.row, drawn) : null;
  return (
    <Page
      title="Allocations"
      filled
      under={<Crumbs search={search} by={inWords(search.agg)} set={set} />}
      figures={table ? <Headline table={table} search={drawn} /> : error ? null : <FiguresSkeleton />}
      controls={
        <div className="flex flex-col gap-2">
          <Controls search={search} set={set} meta={meta.data} />
          <FilterBar filter={search.filter} onChoose={(filter) => set({ filter })} problem={filterProblem} />
        </div>
      }
    >
      <section className="panel mx-4 mb-4 flex min-h-0 flex-1 flex-col md:mx-5 md:mb-5" aria-label={`Costs by ${by}`} aria-busy={isFetching}>
        {filterProblem ? (
          <FilterNotUnderstood clear={() => set({ filter: '' })} />
        ) : error && !table ? (
          <Failed error={error} retry={() => void refetch()} what="Costs" />
        ) : !table ? (
          <Skeleton chart={drawn.chart !== 'none'} />
        ) : table.view.rowCount === 0 && table.idle.length === 0 && !search.q ? (
          <NothingMatches what={`${format.window(table.view.window.start, table.view.window.end)}: nothing that matches.`} filtered={search.filter !== ''} clear={() => set({ filter: '' })} />
        ) : (
          <CostTable search={drawn} sort={search.sort} find={search.q} set={set} table={table} view={view} shown={shown} by={by} onExplain={setMade}>
            <Export parameters={parameters} formats={meta.data?.exports ?? []} />
          </CostTable>
        )}
      </section>
      <Explain
        what={made}
        question={{ window: search.window, zone: search.zone, idle: search.idle, idleBy: parameters['idleBy'], sharing: parameters['sharing'] }}
        onClose={() => setMade(null)}
        ways={
          made && !made.idle && made.filter && (
            <>
              <Link to="/workload" search={{ filter: made.filter, window: search.window, zone: search.zone }} className="btn">
                Over time
              </Link>
              {further && (
                <button type="button" className="btn" onClick={() => { setMade(null); set(further); }}>
                  By {titleOf(nextGroup(search.agg) ?? '').toLowerCase()}
                </button>
              )}
            </>
          )
        }
      />
    </Page>
  );
}
