/** What changes the figures of a workload. */
import { IDLE_SHARED, LENGTHS, OVER_TIME, SHARED } from '../../components/choices';
import { Choose, type Choice } from '../../components/Choose';
import { CopyLink } from '../../components/SavedViews';
import { WindowPicker } from '../../components/WindowPicker';
import type { Search, SetSearch } from '../../data';

const IDLE: readonly Choice[] = [
  { value: 'own', title: 'Not counted', hint: 'its own cost alone' },
  ...IDLE_SHARED,
];

export function Controls({ search, set }: { search: Search; set: SetSearch }) {
  const idle = search.idle === 'share' ? `share/${search.idleBy}` : 'own';
  const chooseIdle = (value: string): void => {
    const [way, by] = value.split('/');
    set(way === 'share' ? { idle: 'share', idleBy: by ?? 'node' } : { idle: 'separate', idleBy: 'node' });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker window={search.window} zone={search.zone} set={set} />
      <Choose label="Idle" value={idle} choices={IDLE} onChoose={chooseIdle} caption="What nobody held" />
      <Choose label="Shared" value={search.sharing} choices={SHARED} onChoose={(sharing) => set({ sharing })} caption="Costs of some that all others pay" />
      <Choose label="Chart" value={search.chart === 'area' ? 'area' : 'bars'} choices={OVER_TIME} onChoose={(chart) => set({ chart })} />
      <Choose label="Step" value={search.step} choices={LENGTHS} onChoose={(step) => set({ step })} />
      <div className="flex flex-wrap items-center gap-2 sm:ml-auto">
        <CopyLink />
      </div>
    </div>
  );
}
