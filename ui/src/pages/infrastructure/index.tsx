import { Page } from '../../components/Page';

export const Infrastructure = () => <Page title="Infrastructure">…</Page>;
