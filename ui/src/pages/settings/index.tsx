import { Page } from '../../components/Page';

export const Settings = () => <Page title="Settings">…</Page>;
