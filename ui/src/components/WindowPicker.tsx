/** When: presets, a calendar, a window in words, and the zone that days are counted in. */
import { Calendar as CalendarIcon, ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { lazy, memo, Suspense, useState } from 'react';

import type { SetSearch } from '../data';
import { useFormat } from '../format';
import { daysWindow, isPreset, PRESETS, windowDays } from './windows';

const Calendar = lazy(() => import('./Calendar'));

export const WindowPicker = memo(function WindowPickerOf({ window, zone, set }: { window: string; zone: string; set: SetSearch }) {
  const [open, setOpen] = useState(false);
  const format = useFormat();
  const days = windowDays(window);
  const title =
    PRESETS.find((one) => one.value === window)?.title ??
    (days ? `${days[0].toLocaleDateString(format.locale, { day: 'numeric', month: 'short' })} – ${days[1].toLocaleDateString(format.locale, { day: 'numeric', month: 'short', year: 'numeric' })}` : window);
  const choose = (chosen: string): void => {
    set({ window: chosen });
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="btn" aria-label={`Window: ${title}, days of ${zone}`}>
        <CalendarIcon size={14} className="text-ink3" aria-hidden="true" /> {title}
        {zone !== 'UTC' && <span className="lbl">{zone}</span>}
        <ChevronDown size={13} className="text-ink3" aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="pop flex flex-col gap-2 p-2 sm:flex-row" align="start" sideOffset={4} collisionPadding={8} aria-label="Choose a window">
          <div className="grid grid-cols-2 gap-px sm:flex sm:w-40 sm:flex-col" role="listbox" aria-label="Windows">
            {PRESETS.map((one) => (
              <button key={one.value} type="button" role="option" aria-selected={one.value === window} className={`item ${one.value === window ? 'bg-accent-soft font-semibold text-accent' : ''}`} onClick={() => choose(one.value)}>
                {one.title}
              </button>
            ))}
          </div>
          <div className="flex flex-col gap-2 border-line sm:border-l sm:pl-3">
            <Suspense fallback={<div className="skel h-[262px] w-[252px]" />}>
              <Calendar chosen={days} locale={format.locale} onChoose={(first, last) => choose(daysWindow(first, last))} />
            </Suspense>
            <Words window={window} onChoose={choose} />
            <Zone zone={zone} onChoose={(chosen) => set({ zone: chosen })} />
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
});

function Words({ window, onChoose }: { window: string; onChoose: (window: string) => void }) {
  const [text, setText] = useState(isPreset(window) ? '' : window);
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) onChoose(text.trim());
      }}
    >
      <input className="field min-w-0 flex-1" aria-label="A window in words" placeholder="7d offset 48h, 2026-11-01T06:00:00Z, …" value={text} onChange={(event) => setText(event.target.value)} />
      <button type="submit" className="btn">
        Show
      </button>
    </form>
  );
}

/** Zones that are likely meant; any other IANA name or offset may be written. */
const LIKELY = ['UTC', 'America/Los_Angeles', 'America/New_York', 'America/Sao_Paulo', 'Europe/London', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Singapore', 'Asia/Tokyo', 'Australia/Sydney'];

function Zone({ zone, onChoose }: { zone: string; onChoose: (zone: string) => void }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = [...new Set([zone, 'UTC', own, ...LIKELY])];
  return (
    <label className="flex items-center gap-2 text-sm text-ink2">
      Days of
      <select className="field min-w-0 flex-1" value={zone} onChange={(event) => onChoose(event.target.value)}>
        {zones.map((one) => (
          <option key={one} value={one}>
            {one === own && one !== 'UTC' ? `${one} (here)` : one}
          </option>
        ))}
      </select>
    </label>
  );
}
