/** Everything that changes the numbers, with its value on the button. */
import { useState } from 'react';

import type { SetSearch } from '../../app/address';
import { Choose, type Choice } from '../../components/Choose';
import { AddFilter } from '../../components/FilterBar';
import { GroupPicker } from '../../components/GroupPicker';
import { SavedViews } from '../../components/SavedViews';
import { WindowPicker } from '../../components/WindowPicker';
import type { Meta, Search } from '../../data';
import { RATES } from '../../components/rates';

const IDLE: readonly Choice[] = [
  { value: 'separate', title: 'Separate', hint: 'a row of its own' },
  { value: 'share/node', title: 'Shared by node', hint: 'to who held that node' },
  { value: 'share/cluster', title: 'Shared by cluster', hint: 'to all of the cluster' },
  { value: 'hide', title: 'Hidden' },
];
const SHARED: readonly Choice[] = [
  { value: 'default', title: 'As set', hint: 'by the settings' },
  { value: 'none', title: 'Nothing', hint: 'each its own' },
];
const CHARTS: readonly Choice[] = [
  { value: 'bars', title: 'Bars' },
  { value: 'area', title: 'Area' },
  { value: 'treemap', title: 'Treemap' },
  { value: 'none', title: 'Table only' },
];
const STEPS: readonly Choice[] = [
  { value: 'auto', title: 'Auto' },
  { value: 'hour', title: 'Hour' },
  { value: 'day', title: 'Day' },
  { value: 'week', title: 'Week' },
  { value: 'month', title: 'Month' },
  { value: 'all', title: 'One bar' },
];
const COMPARED: readonly Choice[] = [
  { value: 'previous', title: 'Before', hint: 'as long, as much of it gone by' },
  { value: 'none', title: 'Nothing' },
];

interface Props {
  search: Search;
  set: SetSearch;
  meta: Meta | undefined;
}

export function Controls({ search, set, meta }: Props) {
  const [more, setMore] = useState(false);
  const idle = search.idle === 'share' ? `share/${search.idleBy}` : search.idle;
  const chooseIdle = (value: string): void => {
    const [way, by] = value.split('/');
    set({ idle: way ?? 'separate', idleBy: by ?? 'node' });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker search={search} set={set} />
      <GroupPicker subject="allocation" agg={search.agg} groups={meta?.allocation.groups ?? []} window={search.window} onChoose={(agg) => set({ agg, q: '', stack: '', off: '', sort: '-total_cost' })} />
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
}
