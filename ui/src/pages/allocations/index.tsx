import { Page } from '../../components/Page';

export const Allocations = () => <Page title="Allocations">…</Page>;
