/** Settings: what is in force, and where it comes from. They are read when Farthing starts; here they are only shown. */
import { Loops } from '../../components/Loops';
import { Page, Panel } from '../../components/Page';
import { Failed, Skeleton } from '../../components/states';
import { useAddress, useAnswer, useMeta } from '../../data';
import { useFormat } from '../../format';
import { AllSettings } from './AllSettings';
import { Browser } from './Browser';
import { PriceBook } from './PriceBook';
import { Sharing, Sources } from './Sharing';

export function Settings() {
  const [search, set] = useAddress();
  const meta = useMeta();
  const settings = useAnswer<'SettingsInForce'>('/settings');
  const status = useAnswer<'Status'>('/status', {}, { everySeconds: 15 });
  const told = settings.data;
  return (
    <Page title="Settings" under="Read only: they come from flags, the environment and a file when Farthing starts. To change one, change it there and start again.">
      <div className="grid grid-cols-1 items-start gap-3 px-4 md:px-5 lg:grid-cols-[minmax(0,1fr)_380px]">
        <div className="flex min-w-0 flex-col gap-3">
          {told ? (
            <>
              <PriceBook book={told.priceBook} q={search.q} />
              <AllSettings sections={told.sections} search={search} set={set} />
            </>
          ) : (
            <>
              <Panel title="Price book" className="min-h-[300px]">{settings.isError ? <Failed error={settings.error} retry={() => void settings.refetch()} what="Settings" /> : <Skeleton chart={false} rows={15} />}</Panel>
              <Panel title="All settings" className="min-h-[300px]">{settings.isError ? null : <Skeleton chart={false} rows={9} />}</Panel>
            </>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          {told ? <Sources sources={told.sources} /> : <Panel title="Sources">{settings.isError ? <p className="p-3.5 text-sm text-ink3">Not known now.</p> : <Skeleton chart={false} rows={3} />}</Panel>}
          <Sharing meta={meta.data} failed={meta.isError} />
          <Panel title="Behind the server" aside={status.data ? <Building building={status.data.building} /> : ''}>
            {status.data ? <Loops status={status.data} /> : status.isError ? <Failed error={status.error} retry={() => void status.refetch()} what="What works behind the server" /> : <Skeleton chart={false} rows={11} />}
          </Panel>
          <Browser search={search} set={set} />
          <About version={meta.data?.productVersion} />
        </div>
      </div>
    </Page>
  );
}

const Building = ({ building }: { building: boolean }) => <>{building ? 'history is being built' : 'history is whole'}</>;

/** Paths of the server itself, not of the screen. */
const LINKS: readonly (readonly [href: string, title: string, doc: string])[] = [
  ['/openapi.json', 'OpenAPI', 'the whole API'],
  ['/metrics', 'Metrics', 'of Farthing itself, for Prometheus'],
  ['/THIRD-PARTY.txt', 'Licences', 'of what the screen is made of'],
];

function About({ version }: { version: string | undefined }) {
  const format = useFormat();
  return (
    <Panel title="About" aside={version ? `v${version}` : ''}>
      <ul className="flex flex-col gap-1 p-3.5 text-sm">
        {LINKS.map(([href, title, doc]) => (
          <li key={href}>
            <a href={href} className="link" target="_blank" rel="noreferrer">{title}</a> <span className="text-ink3">{doc}</span>
          </li>
        ))}
        <li className="text-ink3">Numbers and dates are written as in {format.locale}.</li>
      </ul>
    </Panel>
  );
}
