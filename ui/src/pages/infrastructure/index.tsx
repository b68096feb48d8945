/** Assets: what is paid for, and on nodes how much of it anybody held. */
import { useMemo } from 'react';

import { FilterBar } from '../../components/FilterBar';
import { Page } from '../../components/Page';
import { FiguresSkeleton } from '../../components/states';
import { assetParameters, filterProblemOf, type Row, type Search, Table, useAddress, useMeta, useView } from '../../data';
import { titleOf, useFormat } from '../../format';
import { AssetPanel } from './AssetPanel';
import { Controls } from './Controls';
import { assetKey, askedGroups, into, listsAssets } from './groups';
import { Headline } from './Headline';
import { nodesOf, useNodes } from './nodes';
import { AssetTable } from './AssetTable';

const DEFAULTS: Partial<Search> = { agg: 'type' };

export function Infrastructure() {
  const [search, set] = useAddress(DEFAULTS);
  const format = useFormat();
  const meta = useMeta();
  const view = useView('/assets/view', { ...assetParameters(search), agg: askedGroups(search.agg) });
  const pages = view.data?.pages;
  const table = useMemo(() => (pages?.[0] ? new Table(pages[0], pages.map((page) => page.rows)) : null), [pages]);
  const load = useNodes(search, listsAssets(search.agg));
  const nodes = useMemo(() => (load.data ? nodesOf(load.data) : null), [load.data]);
  const open = (row: Row): void => {
    if (!table) return;
    if (listsAssets(search.agg)) set({ open: assetKey(table.text(row, 'cluster'), table.text(row, 'asset')) });
    else set(into(table, row, search));
  };
  const problem = filterProblemOf(view.error);
  const groups = search.agg.split(',').map((group) => titleOf(group).toLowerCase()).join(' and ');
  return (
    <Page
      title="Assets"
      filled
      under={table ? `${format.window(table.view.window.start, table.view.window.end)} · ${search.agg === 'all' ? 'everything together' : `by ${groups}`}` : ''}
      figures={table ? <div className={`flex flex-wrap items-end gap-y-2 ${view.isPlaceholderData ? 'opacity-50' : ''}`}><Headline table={table} search={search} /></div> : view.isError ? null : <FiguresSkeleton />}
      controls={
        <div className="flex flex-col gap-2">
          <Controls search={search} set={set} meta={meta.data} />
          <FilterBar filter={search.filter} onChoose={(filter) => set({ filter })} problem={problem} />
        </div>
      }
    >
      <AssetTable search={search} set={set} table={table} view={view} nodes={nodes} onOpen={open} />
      <AssetPanel open={search.open} search={search} use={nodes?.get(search.open) ?? null} onClose={() => set({ open: '' })} />
    </Page>
  );
}
