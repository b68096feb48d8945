/** What can be chosen in the same words on several pages. */
import type { Choice } from './Choose';

export const IDLE_SHARED: readonly Choice[] = [
  { value: 'share/node', title: 'Shared by node', hint: 'to who held that node' },
  { value: 'share/cluster', title: 'Shared by cluster', hint: 'to all of the cluster' },
];
export const SHARED: readonly Choice[] = [
  { value: 'default', title: 'As set', hint: 'by the settings' },
  { value: 'none', title: 'Nothing', hint: 'each its own' },
];
export const OVER_TIME: readonly Choice[] = [
  { value: 'bars', title: 'Bars' },
  { value: 'area', title: 'Area' },
];
export const CHARTS: readonly Choice[] = [...OVER_TIME, { value: 'treemap', title: 'Treemap' }, { value: 'none', title: 'Table only' }];
export const LENGTHS: readonly Choice[] = [
  { value: 'auto', title: 'Auto' },
  { value: 'hour', title: 'Hour' },
  { value: 'day', title: 'Day' },
  { value: 'week', title: 'Week' },
  { value: 'month', title: 'Month' },
];
export const STEPS: readonly Choice[] = [...LENGTHS, { value: 'all', title: 'One bar' }];
export const COMPARED: readonly Choice[] = [
  { value: 'previous', title: 'Before', hint: 'as long, as much of it gone by' },
  { value: 'none', title: 'Nothing' },
];
