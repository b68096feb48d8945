/** Groups ranked by what they waste. */
import { useDeferredValue, useMemo } from 'react';

import { BandKey } from '../../components/Bands';
import { DataTable, type PinnedRow } from '../../components/DataTable';
import { Find } from '../../components/Find';
import { Panel } from '../../components/Page';
import { Failed, NothingMatches, Skeleton } from '../../components/states';
import type { Search, SetSearch } from '../../data';
import { titleOf, useFormat } from '../../format';
import { columnsOf } from './columns';
import { tableHeight } from './height';
import type { Found, useWaste } from './questions';
import { ranked } from './rank';
import { ofPlaces, overuse, type Waste } from './waste';

const FIND = 47;

interface Props {
  search: Search;
  set: SetSearch;
  answer: ReturnType<typeof useWaste>;
  factor: number;
  hours: number;
  onOpen: (row: Waste) => void;
}

export function Ranking({ search, set, answer, factor, hours, onOpen }: Props) {
  const { found } = answer;
  return (
    <Panel title="Ranked by waste" aside={<BandKey rest="Use not measured" />} style={{ height: tableHeight(found ? found.rows.length : 14, 580, FIND) }}>
      {answer.error && !found ? (
        <Failed error={answer.error} retry={answer.retry} what="Waste" />
      ) : !found ? (
        <Skeleton chart={false} rows={14} />
      ) : !found.rows.length ? (
        <NothingMatches what="No workload in this window has all that is asked for." filtered={search.filter !== ''} clear={() => set({ filter: '' })} />
      ) : (
        <Filled found={found} search={search} set={set} factor={factor} hours={hours} onOpen={onOpen} stale={answer.stale} />
      )}
    </Panel>
  );
}

function Filled({ found, search, set, factor, hours, onOpen, stale }: Omit<Props, 'answer'> & { found: Found; stale: boolean }) {
  const format = useFormat();
  const find = useDeferredValue(search.q.toLowerCase());
  const rows = useMemo(() => ranked(found.rows.filter((row) => !find || row.key.toLowerCase().includes(find)), search.sort), [found, find, search.sort]);
  const places = ofPlaces(search.agg);
  const columns = useMemo(() => columnsOf({ agg: search.agg, format, factor, hours, places, onOpen }), [search.agg, format, factor, hours, places, onOpen]);
  const risky = useMemo(() => found.rows.filter((row) => overuse(row.cpu) !== null || overuse(row.ram) !== null).length, [found]);
  const names = new Set(['name', ...search.agg.split(',')]);
  const pinned: PinnedRow<Waste>[] = [
    {
      key: 'total', row: found.all, tone: 'total',
      title: <span>Total <span className="font-normal text-ink3">· {format.whole(found.rows.length)} {found.rows.length === 1 ? 'row' : 'rows'}</span></span>,
      cells: (id) => (names.has(id) ? null : columns.find((column) => column.id === id)?.cell(found.all)),
    },
  ];
  const trailing: PinnedRow<Waste>[] = found.unreceived > 0 ? [
    {
      key: 'unreceived', row: found.all, tone: 'note',
      title: <span title="Nodes on which no pod was that could receive it">Idle that nobody received</span>,
      cells: (id) => (id === 'idle' ? <span className="num">{format.money(found.unreceived * factor)}</span> : null),
    },
  ] : [];
  return (
    <div className={`flex min-h-0 flex-1 flex-col transition-opacity ${stale ? 'opacity-50' : ''}`} aria-busy={stale}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-2.5 py-2">
        <Find what={titleOf(search.agg.split(',').at(-1) ?? '').toLowerCase()} value={search.q} onFind={(q) => set({ q }, { replace: true })} />
        <p className="text-sm text-ink3">
          {risky > 0 && <span className="text-up">{format.whole(risky)} {risky === 1 ? 'uses' : 'use'} more than requested. </span>}
          {found.of !== null && `These are the dearest of ${format.whole(found.of)}. `}
          {found.coarse ? 'Waste is priced at each row’s mean price: there are too many to tell apart by node. ' : 'Waste is priced node by node. '}
        </p>
      </div>
      <DataTable
        label="Waste by group" columns={columns} rows={rows} count={rows.length} keyOf={(row) => row.key} sort={search.sort}
        onSort={(sort) => set({ sort }, { replace: true })} pinned={pinned} trailing={trailing} onOpen={onOpen}
      />
      {rows.length === 0 && <p className="p-4 text-center text-sm text-ink2">No name contains “{search.q}”.</p>}
    </div>
  );
}
