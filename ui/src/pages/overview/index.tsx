import { Page } from '../../components/Page';

export const Overview = () => <Page title="Overview">…</Page>;
