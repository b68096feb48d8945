/** Everything that changes what is shown of waste, with its value on the button. */
import { Choose, type Choice } from '../../components/Choose';
import { AddFilter } from '../../components/FilterBar';
import { GroupPicker } from '../../components/GroupPicker';
import { CopyLink, SavedViews } from '../../components/SavedViews';
import { WindowPicker } from '../../components/WindowPicker';
import type { Meta, Search, SetSearch } from '../../data';
import { RATES } from '../../components/rates';
import { ofPlaces } from './waste';

const IDLE_BY: readonly Choice[] = [
  { value: 'node', title: 'By node', hint: 'to who held that node' },
  { value: 'cluster', title: 'By cluster', hint: 'to all of the cluster' },
];

export function Controls({ search, set, meta }: { search: Search; set: SetSearch; meta: Meta | undefined }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker window={search.window} zone={search.zone} set={set} />
      <GroupPicker subject="allocation" agg={search.agg} groups={meta?.allocation.groups ?? []} window={search.window} onChoose={(agg) => set({ agg, q: '', sort: '-wasted' })} />
      <AddFilter subject="allocation" filter={search.filter} fields={meta?.allocation.filters ?? []} window={search.window} onChoose={(filter) => set({ filter })} />
      {!ofPlaces(search.agg) && <Choose label="Idle shared" value={search.idleBy} choices={IDLE_BY} onChoose={(idleBy) => set({ idleBy })} caption="Who is shown what nobody held" />}
      <Choose label="Costs" value={search.rate} choices={RATES} onChoose={(rate) => set({ rate })} />
      <div className="flex flex-wrap items-center gap-2 sm:ml-auto">
        <CopyLink />
        <SavedViews path="/efficiency" search={search} />
      </div>
    </div>
  );
}
