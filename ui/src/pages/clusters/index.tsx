import { Page } from '../../components/Page';

export const Clusters = () => <Page title="Clusters">…</Page>;
