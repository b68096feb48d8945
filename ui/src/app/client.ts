/** What was asked is kept here, for all pages. */
import { QueryClient } from '@tanstack/react-query';

import { again } from '../data';

export const client = new QueryClient({ defaultOptions: { queries: { retry: again, refetchOnWindowFocus: true } } });
