/** Every setting with its value, where that comes from, and what else it takes. */
import { SearchX } from 'lucide-react';

import { Find } from '../../components/Find';
import { Panel } from '../../components/Page';
import { Message } from '../../components/states';
import type { Schemas, Search, SetSearch } from '../../data';
import { useFormat } from '../../format';
import { Prose } from '../doctor/Prose';
import { sectionsFound } from './found';

type Setting = Schemas['SettingModel'];

const SOURCES: Record<Setting['source'], string> = { default: 'Default', file: 'File', environment: 'Environment', flag: 'Flag', command: 'Command' };
export const OWN = 'own';

export function AllSettings({ sections, search, set }: { sections: readonly Schemas['SettingsSection'][]; search: Search; set: SetSearch }) {
  const format = useFormat();
  const own = search.filter === OWN;
  const found = sectionsFound(sections, search.q, own);
  const all = sections.reduce((sum, one) => sum + one.settings.length, 0);
  const many = found.reduce((sum, one) => sum + one.settings.length, 0);
  return (
    <Panel title="All settings" aside={many === all ? `${format.whole(all)} settings` : `${format.whole(many)} of ${format.whole(all)} settings`}>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3.5 py-2">
        <Find what="a setting or a price" value={search.q} onFind={(q) => set({ q }, { replace: true })} />
        <button type="button" className={`btn ${own ? 'border-accent! bg-accent-soft! text-accent!' : ''}`} aria-pressed={own} onClick={() => set({ filter: own ? '' : OWN })}>
          Only what is set
        </button>
      </div>
      {found.length === 0 && (
        <Message icon={<SearchX size={22} />} title={search.q ? 'No setting matches' : 'Nothing was set'} action={<button type="button" className="btn" onClick={() => set({ q: '', filter: '' })}>Show all settings</button>}>
          {search.q ? `“${search.q}” is in no ${own ? 'setting that somebody set' : 'setting'}.` : 'Everything is as Farthing comes.'}
        </Message>
      )}
      {found.map((section) => (
        <section key={section.section} aria-labelledby={`section-${section.section}`}>
          <header className="border-b border-line bg-sunk px-3.5 py-1.5">
            <h3 id={`section-${section.section}`} className="text-sm font-semibold">
              {section.section || 'Others'} <span className="font-normal text-ink3">{section.doc}</span>
            </h3>
          </header>
          <ul>
            {section.settings.map((one) => (
              <li key={one.key} className="grid grid-cols-1 gap-x-6 gap-y-1 border-b border-line px-3.5 py-2 text-sm md:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_minmax(0,3fr)]" data-testid="setting">
                <div className="min-w-0">
                  <code className="font-mono text-[12px] font-semibold wrap-anywhere">{one.key}</code>
                  <p className="text-ink2"><Prose text={one.doc} /></p>
                </div>
                <div className="min-w-0">
                  <code className="font-mono text-[12px] wrap-anywhere">{one.value}</code>
                  {one.value !== one.default && <p className="text-xs text-ink3">default <code className="font-mono wrap-anywhere">{one.default}</code></p>}
                  {one.valid && <p className="text-xs text-ink3">takes {one.valid}</p>}
                </div>
                <div className="min-w-0">
                  <span className={`tag ${one.source === 'default' ? '' : 'bg-accent-soft! text-accent!'}`}>{SOURCES[one.source]}</span>
                  {one.origin && <span className="ml-1.5 text-xs wrap-anywhere text-ink2">{one.origin}</span>}
                  <p className="font-mono text-[11px] wrap-anywhere text-ink3">{one.environment}</p>
                </div>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Panel>
  );
}
