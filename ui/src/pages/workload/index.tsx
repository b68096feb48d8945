import { Page } from '../../components/Page';

export const Workload = () => <Page title="Workload">…</Page>;
