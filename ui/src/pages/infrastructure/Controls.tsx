/** Everything that changes what is shown of assets, with its value on the button. */
import { CHARTS, COMPARED, STEPS } from '../../components/choices';
import { Choose } from '../../components/Choose';
import { AddFilter } from '../../components/FilterBar';
import { GroupPicker } from '../../components/GroupPicker';
import { RATES } from '../../components/rates';
import { CopyLink, SavedViews } from '../../components/SavedViews';
import { WindowPicker } from '../../components/WindowPicker';
import type { Meta, Search, SetSearch } from '../../data';

export function Controls({ search, set, meta }: { search: Search; set: SetSearch; meta: Meta | undefined }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker window={search.window} zone={search.zone} set={set} />
      <GroupPicker subject="assets" agg={search.agg} groups={meta?.assets.groups ?? []} window={search.window} onChoose={(agg) => set({ agg, q: '', off: '', sort: '-total_cost' })} />
      <AddFilter subject="assets" filter={search.filter} fields={meta?.assets.filters ?? []} window={search.window} onChoose={(filter) => set({ filter })} />
      <Choose label="Chart" value={search.chart} choices={CHARTS} onChoose={(chart) => set({ chart })} />
      <Choose label="Step" value={search.step} choices={STEPS} onChoose={(step) => set({ step })} />
      <Choose label="Costs" value={search.rate} choices={RATES} onChoose={(rate) => set({ rate })} />
      <Choose label="Against" value={search.compare} choices={COMPARED} onChoose={(compare) => set({ compare })} />
      <div className="flex flex-wrap items-center gap-2 sm:ml-auto">
        <CopyLink />
        <SavedViews path="/infrastructure" search={search} />
      </div>
    </div>
  );
}
