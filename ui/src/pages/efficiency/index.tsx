import { Page } from '../../components/Page';

export const EfficiencyPage = () => <Page title="EfficiencyPage">…</Page>;
