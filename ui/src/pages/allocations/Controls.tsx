/** Everything that changes the numbers, with its value on the button. */
import { useQueryClient } from '@tanstack/react-query';
import { memo, useMemo, useState } from 'react';

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

const NONE: readonly never[] = [];

/** By another field: what was found, hidden and sorted by stays behind. */
const grouped = (agg: string) => ({ agg, q: '', stack: '', off: '', sort: '-total_cost' }) satisfies Patch;

/** What each control does: the same functions as long as `set` is, so that a control is drawn anew only when its own value changes. */
const choosing = (set: SetSearch) => ({
  filter: (filter: string) => set({ filter }),
  idle: (value: string) => {
    const [way, by] = value.split('/');
    set({ idle: way ?? 'separate', idleBy: by ?? 'node' });
  },
  sharing: (sharing: string) => set({ sharing }),
  chart: (chart: string) => set({ chart }),
  step: (step: string) => set({ step }),
  rate: (rate: string) => set({ rate }),
  compare: (compare: string) => set({ compare }),
});

interface Props {
  search: Search;
  set: SetSearch;
  meta: Meta | undefined;
}

export const Controls = memo(function ControlsOf({ search, set, meta }: Props) {
  const [more, setMore] = useState(false);
  const client = useQueryClient();
  const idle = search.idle === 'share' ? `share/${search.idleBy}` : search.idle;
  const choose = useMemo(() => choosing(set), [set]);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker window={search.window} zone={search.zone} set={set} />
      <GroupPicker subject="allocation" agg={search.agg} groups={meta?.allocation.groups ?? NONE} window={search.window} onChoose={(agg) => set(grouped(agg))} onExpect={(agg) => prefetchView(client, '/allocation/view', allocationParameters({ ...search, ...grouped(agg) }))} />
      <AddFilter subject="allocation" filter={search.filter} fields={meta?.allocation.filters ?? NONE} window={search.window} onChoose={choose.filter} />
      <button type="button" className="btn sm:hidden" aria-expanded={more} onClick={() => setMore(!more)}>
        {more ? 'Fewer' : 'More'}
      </button>
      <div className={`${more ? 'flex' : 'hidden'} flex-wrap items-center gap-2 sm:contents`}>
        <Choose label="Idle" value={idle} choices={IDLE} onChoose={choose.idle} caption="What nobody held" />
        <Choose label="Shared" value={search.sharing} choices={SHARED} onChoose={choose.sharing} caption="Costs of some that all others pay" />
        <Choose label="Chart" value={search.chart} choices={CHARTS} onChoose={choose.chart} />
        <Choose label="Step" value={search.step} choices={STEPS} onChoose={choose.step} />
        <Choose label="Costs" value={search.rate} choices={RATES} onChoose={choose.rate} />
        <Choose label="Against" value={search.compare} choices={COMPARED} onChoose={choose.compare} />
      </div>
      <div className="sm:ml-auto">
        <SavedViews path="/allocations" search={search} />
      </div>
    </div>
  );
});
