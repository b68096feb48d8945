/** What changes the figures of a workload. */
import type { SetSearch } from '../../app/address';
import { Choose, type Choice } from '../../components/Choose';
import { CopyLink } from '../../components/SavedViews';
import { WindowPicker } from '../../components/WindowPicker';
import type { Search } from '../../data';

const IDLE: readonly Choice[] = [
  { value: 'own', title: 'Not counted', hint: 'its own cost alone' },
  { value: 'share/node', title: 'Shared by node', hint: 'to who held that node' },
  { value: 'share/cluster', title: 'Shared by cluster', hint: 'to all of the cluster' },
];
const SHARED: readonly Choice[] = [
  { value: 'default', title: 'As set', hint: 'by the settings' },
  { value: 'none', title: 'Nothing', hint: 'each its own' },
];
const CHARTS: readonly Choice[] = [
  { value: 'bars', title: 'Bars' },
  { value: 'area', title: 'Area' },
];
const STEPS: readonly Choice[] = [
  { value: 'auto', title: 'Auto' },
  { value: 'hour', title: 'Hour' },
  { value: 'day', title: 'Day' },
  { value: 'week', title: 'Week' },
  { value: 'month', title: 'Month' },
];

export function Controls({ search, set }: { search: Search; set: SetSearch }) {
  const idle = search.idle === 'share' ? `share/${search.idleBy}` : 'own';
  const chooseIdle = (value: string): void => {
    const [way, by] = value.split('/');
    set(way === 'share' ? { idle: 'share', idleBy: by ?? 'node' } : { idle: 'separate', idleBy: 'node' });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker search={search} set={set} />
      <Choose label="Idle" value={idle} choices={IDLE} onChoose={chooseIdle} caption="What nobody held" />
      <Choose label="Shared" value={search.sharing} choices={SHARED} onChoose={(sharing) => set({ sharing })} caption="Costs of some that all others pay" />
      <Choose label="Chart" value={search.chart === 'area' ? 'area' : 'bars'} choices={CHARTS} onChoose={(chart) => set({ chart })} />
      <Choose label="Step" value={search.step} choices={STEPS} onChoose={(step) => set({ step })} />
      <div className="flex flex-wrap items-center gap-2 sm:ml-auto">
        <CopyLink />
      </div>
    </div>
  );
}
