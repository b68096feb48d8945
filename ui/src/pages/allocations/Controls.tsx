/** Everything that changes the numbers, with its value on the button. */
import { useQueryClient } from '@tanstack/react-query';
import { memo, useState } from 'react';

import { CHARTS, COMPARED, IDLE_SHARED, SHARED, STEPS } from '../../components/choices';
import { Choose, type Choice } from '../../components/Choose';
import { AddFilter } from '../../components/FilterBar';
import { GroupPicker } from '../../components/GroupPicker';
import { RATES } from '../../components/rates';
import { SavedViews } from '../../components/SavedViews';
import { WindowPicker } from '../../components/WindowPicker';
import { allocationParameters, type Meta, type Patch, prefetchView, type Search, type SetSearch } from '../../data';

const IDLE: readonly Choice[] = [
  { value: 'separate', title: 'Separate', hint: 'a row of its own' },
  ...IDLE_SHARED,
  { value: 'hide', title: 'Hidden' },
];

/** By another field: what was found, hidden and sorted by stays behind. */
const grouped = (agg: string) => ({ agg, q: '', stack: '', off: '', sort: '-total_cost' }) satisfies Patch;

interface Props {
  search: Search;
  set: SetSearch;
  meta: Meta | undefined;
}

export const Controls = memo(function ControlsOf({ search, set, meta }: Props) {
  const [more, setMore] = useState(false);
  const client = useQueryClient();
  const idle = search.idle === 'share' ? `share/${search.idleBy}` : search.idle;
  const chooseIdle = (value: string): void => {
    const [way, by] = value.split('/');
    set({ idle: way ?? 'separate', idleBy: by ?? 'node' });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker search={search} set={set} />
      <GroupPicker subject="allocation" agg={search.agg} groups={meta?.allocation.groups ?? []} window={search.window} onChoose={(agg) => set(grouped(agg))} onExpect={(agg) => prefetchView(client, '/allocation/view', allocationParameters({ ...search, ...grouped(agg) }))} />
      <AddFilter subject="allocation" filter={search.filter} fields={meta?.allocation.filters ?? []} window={search.window} onChoose={(filter) => set({ filter })} />
      <button type="button" className="btn sm:hidden" aria-expanded={more} onClick={() => setMore(!more)}>
        {more ? 'Fewer' : 'More'}
      </button>
      <div className={`${more ? 'flex' : 'hidden'} flex-wrap items-center gap-2 sm:contents`}>
        <Choose label="Idle" value={idle} choices={IDLE} onChoose={chooseIdle} caption="What nobody held" />
        <Choose label="Shared" value={search.sharing} choices={SHARED} onChoose={(sharing) => set({ sharing })} caption="Costs of some that all others pay" />
        <Choose label="Chart" value={search.chart} choices={CHARTS} onChoose={(chart) => set({ chart })} />
        <Choose label="Step" value={search.step} choices={STEPS} onChoose={(step) => set({ step })} />
        <Choose label="Costs" value={search.rate} choices={RATES} onChoose={(rate) => set({ rate })} />
        <Choose label="Against" value={search.compare} choices={COMPARED} onChoose={(compare) => set({ compare })} />
      </div>
      <div className="sm:ml-auto">
        <SavedViews path="/allocations" search={search} />
      </div>
    </div>
  );
});
