/** The frame around every page: the mark, the navigation, banners, the palette. */
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Menu, Monitor, Moon, Search as SearchIcon, Sun, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { memo, useEffect, useState, type ReactNode } from 'react';

import { useAddressed, useMeta, type Search } from '../data';
import { FormatProvider } from '../format';
import { choose, useChoice, type Choice } from '../theme/theme';
import { Banners } from './Banners';
import { Help } from './Help';
import { Mark } from './Mark';
import { PLACES, type Place } from './nav';
import { Palette } from './Palette';

export function Shell() {
  const meta = useMeta();
  const zone = useAddressed(zoneOf);
  const [palette, setPalette] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [shown, setShown] = useState(path);
  if (shown !== path) {
    setShown(path);
    setDrawer(false);
  }
  useEffect(() => {
    const place = PLACES.flatMap(([, places]) => places).find((one) => one.to === path);
    document.title = place ? `${place.title} · Farthing` : 'Farthing';
  }, [path]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setPalette((open) => !open);
      } else if (event.altKey && event.key === 'Backspace' && !typing) {
        window.history.back();
      } else if (event.key === '/' && !typing) {
        const find = document.querySelector<HTMLInputElement>('[data-find]');
        if (find) {
          event.preventDefault();
          find.focus();
        }
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const openPalette = (): void => setPalette(true);
  return (
    <FormatProvider currency={meta.data?.currency ?? 'USD'} zone={zone}>
      <a href="#main" className="btn sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2">
        Skip to the figures
      </a>
      <div className="flex h-full flex-col md:flex-row">
        <header className="flex items-center gap-3 border-b border-line bg-panel px-3 py-2 md:hidden">
          <Dialog.Root open={drawer} onOpenChange={setDrawer}>
            <Dialog.Trigger className="btn btn-quiet px-2" aria-label="Open the navigation">
              <Menu size={17} />
            </Dialog.Trigger>
            <Dialog.Portal>
              <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
              <Dialog.Content className="fixed inset-y-0 left-0 z-50 flex w-64 flex-col border-r border-line bg-panel p-2" aria-describedby={undefined}>
                <div className="flex items-center justify-between pr-1">
                  <Dialog.Title asChild>
                    <Brand wide />
                  </Dialog.Title>
                  <Dialog.Close className="btn btn-quiet px-2" aria-label="Close the navigation">
                    <X size={16} />
                  </Dialog.Close>
                </div>
                <Places wide />
                <Foot wide version={meta.data?.productVersion} />
              </Dialog.Content>
            </Dialog.Portal>
          </Dialog.Root>
          <Brand wide />
          <button type="button" className="btn btn-quiet ml-auto px-2" aria-label="Jump to…" onClick={openPalette}>
            <SearchIcon size={16} />
          </button>
        </header>
        <aside className="hidden shrink-0 flex-col border-r border-line bg-panel p-2 md:flex md:w-[52px] xl:w-[204px]">
          <Brand />
          <button type="button" className="btn mt-2 mb-1 justify-center px-0 xl:justify-start xl:px-2.5" onClick={openPalette}>
            <SearchIcon size={14} aria-hidden="true" />
            <span className="sr-only text-ink2 xl:not-sr-only">Jump to…</span>
            <kbd aria-hidden="true" className="kbd ml-auto hidden xl:inline">⌘K</kbd>
          </button>
          <Places />
          <Foot version={meta.data?.productVersion} />
        </aside>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Banners />
          <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-auto bg-bg outline-none">
            <Outlet />
          </main>
        </div>
      </div>
      <Palette open={palette} onOpenChange={setPalette} />
      <Help />
    </FormatProvider>
  );
}

function Brand({ wide = false }: { wide?: boolean }) {
  return (
    <Link to="/" className="flex h-9 items-center gap-2 rounded-md px-1.5 font-semibold tracking-[-0.01em]" aria-label="Farthing, overview">
      <Mark size={24} />
      <span className={wide ? 'text-[15px]' : 'hidden text-[15px] xl:inline'}>Farthing</span>
    </Link>
  );
}

const zoneOf = (search: Search): string => search.zone;
const windowOf = (search: Search): string => search.window;

const Places = memo(function PlacesOf({ wide = false }: { wide?: boolean }) {
  const text = wide ? '' : 'hidden xl:inline';
  return (
    <nav aria-label="Pages" className="mt-1 flex flex-col">
      {PLACES.map(([caption, places]) => (
        <div key={caption} className="mt-2">
          {caption && <div className={`caption ${wide ? '' : 'hidden xl:block'}`}>{caption}</div>}
          <ul className="flex flex-col gap-px">
            {places.map((place) => (
              <li key={place.to}>
                <PlaceLink place={place} text={text} centred={!wide} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
});

function PlaceLink({ place, text, centred }: { place: Place; text: string; centred: boolean }) {
  const [window, zone] = [useAddressed(windowOf), useAddressed(zoneOf)];
  const carried = { window: window === '7d' ? undefined : window, zone: zone === 'UTC' ? undefined : zone };
  return (
    <Link
      to={place.to}
      search={carried}
      activeOptions={{ exact: true, includeSearch: false }}
      activeProps={{ className: 'bg-accent-soft text-accent font-semibold', 'aria-current': 'page' }}
      inactiveProps={{ className: 'text-ink2 hover:bg-hover hover:text-ink' }}
      className={`flex h-[29px] items-center gap-2.5 rounded-md px-2 text-base ${centred ? 'justify-center xl:justify-start' : ''}`}
      title={place.doc}
      aria-label={place.title}
    >
      <place.icon size={15} className="shrink-0" aria-hidden="true" />
      <span className={text}>{place.title}</span>
    </Link>
  );
}

const THEMES: readonly (readonly [Choice, string, ReactNode])[] = [
  ['light', 'Light', <Sun key="l" size={14} />],
  ['dark', 'Dark', <Moon key="d" size={14} />],
  ['system', 'As the system', <Monitor key="s" size={14} />],
];

const Foot = memo(function FootOf({ version, wide = false }: { version: string | undefined; wide?: boolean }) {
  const chosen = useChoice();
  return (
    <div className={`mt-auto flex items-center gap-1 border-t border-line pt-2 text-xs text-ink3 ${wide ? '' : 'flex-col xl:flex-row'}`}>
      <span className={`px-1.5 ${wide ? '' : 'hidden xl:inline'}`}>{version ? `v${version}` : ''}</span>
      <div role="radiogroup" aria-label="Colours" className={`ml-auto flex ${wide ? '' : 'flex-col xl:flex-row'}`}>
        {THEMES.map(([value, title, icon]) => (
          <button
            key={value}
            type="button"
            role="radio"
            aria-checked={chosen === value}
            aria-label={title}
            title={title}
            onClick={() => choose(value)}
            className={`rounded-md p-1.5 ${chosen === value ? 'bg-sunk text-ink' : 'text-ink3 hover:text-ink'}`}
          >
            {icon}
          </button>
        ))}
      </div>
    </div>
  );
});
