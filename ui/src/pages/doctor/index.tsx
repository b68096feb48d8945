import { Page } from '../../components/Page';

export const Doctor = () => <Page title="Doctor">…</Page>;
