/** What this browser chooses: colours, which it keeps, and the zone of days, which stands in the address. */
import { Monitor, Moon, Sun } from 'lucide-react';

import { Panel } from '../../components/Page';
import type { Search, SetSearch } from '../../data';
import { choose, useChoice, type Choice } from '../../theme/theme';

const THEMES: readonly (readonly [Choice, string, typeof Sun])[] = [['light', 'Light', Sun], ['dark', 'Dark', Moon], ['system', 'As the system', Monitor]];
const LIKELY = ['UTC', 'America/Los_Angeles', 'America/New_York', 'America/Sao_Paulo', 'Europe/London', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Singapore', 'Asia/Tokyo', 'Australia/Sydney'];

export function Browser({ search, set }: { search: Search; set: SetSearch }) {
  const chosen = useChoice();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set([search.zone, 'UTC', here, ...LIKELY])];
  return (
    <Panel title="This browser">
      <div className="flex flex-col gap-3 p-3.5 text-sm">
        <fieldset>
          <legend className="mb-1 text-ink3">Colours</legend>
          <div className="flex flex-wrap gap-2">
            {THEMES.map(([value, title, Icon]) => (
              <button key={value} type="button" className={`btn ${chosen === value ? 'border-accent! bg-accent-soft! text-accent!' : ''}`} aria-pressed={chosen === value} onClick={() => choose(value)}>
                <Icon size={14} aria-hidden="true" /> {title}
              </button>
            ))}
          </div>
        </fieldset>
        <label className="flex flex-col gap-1">
          <span className="text-ink3">Days and hours of</span>
          <select className="field max-w-64" value={search.zone} onChange={(event) => set({ zone: event.target.value })}>
            {zones.map((zone) => <option key={zone} value={zone}>{zone === here && zone !== 'UTC' ? `${zone} (here)` : zone}</option>)}
          </select>
        </label>
        <p className="text-xs text-ink3">The zone goes with you from page to page and stands in the address, so that a link shows everybody the same days.</p>
      </div>
    </Panel>
  );
}
