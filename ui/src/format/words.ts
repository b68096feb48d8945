/** The words for what the API names in one word: fields, columns, special names. */

const NAMES: Record<string, string> = {
  __idle__: 'Idle (nobody held it)',
  __unallocated__: 'Without',
  __unmounted__: 'Volumes that nobody mounts',
  __unobserved__: 'Not observed',
  __pod__: 'The pod as a whole',
};

/** Values of fields of assets. */
const VALUES: Record<string, Record<string, string>> = {
  type: { Node: 'Nodes', Disk: 'Volumes', LoadBalancer: 'Load balancers' },
  lifecycle: { on_demand: 'On-demand', spot: 'Spot' },
};

const TITLES: Record<string, string> = {
  cluster: 'Cluster',
  node: 'Node',
  namespace: 'Namespace',
  pod: 'Pod',
  container: 'Container',
  controller: 'Controller',
  controllerKind: 'Controller kind',
  controllerName: 'Controller name',
  replicaset: 'ReplicaSet',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  deployment: 'Deployment',
  cronjob: 'CronJob',
  providerID: 'Provider ID',
  instanceType: 'Instance type',
  storageClass: 'Storage class',
  assetType: 'Asset type',
  all: 'Everything',
  total_cost: 'Total',
  cpu_cost: 'CPU',
  ram_cost: 'RAM',
  gpu_cost: 'GPU',
  storage_cost: 'Storage',
  load_balancer_cost: 'Load balancer',
  network_cost: 'Network',
  management_cost: 'Management',
  shared_cost: 'Shared',
  idle_cost: 'Idle received',
  reserved_cost: 'System reserve',
  previous_cost: 'Before',
  change: 'Change',
  trend: 'Trend',
  efficiency: 'Efficiency',
  cpu_efficiency: 'CPU efficiency',
  ram_efficiency: 'RAM efficiency',
  cpu_core_hours_requested: 'CPU requested',
  cpu_core_hours_used: 'CPU used',
  cpu_core_hours_held: 'CPU held',
  ram_gib_hours_requested: 'RAM requested',
  ram_gib_hours_used: 'RAM used',
  ram_gib_hours_held: 'RAM held',
  gpu_card_hours_held: 'GPU held',
  storage_gib_hours_held: 'Storage held',
  load_balancer_hours_held: 'Load balancers held',
  bytes_out: 'Sent',
  bytes_in: 'Received',
  minutes: 'Minutes',
  unpriced_hours: 'Unpriced hours',
  assets: 'Assets',
  asset_hours: 'Asset hours',
  cpu_core_hours: 'CPU',
  ram_gib_hours: 'RAM',
  gpu_card_hours: 'GPU',
  storage_gib_hours: 'Storage',
};

/** The title of a field or column. `label:team` is `Label team`. */
export function titleOf(field: string): string {
  const known = TITLES[field];
  if (known !== undefined) return known;
  const [kind, key] = field.split(':');
  const words = (kind ?? field).replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1) + (key ? ` ${key}` : '');
}

/** A name as a person reads it; `field` tells what it is a name of. */
export function nameOf(name: string, field?: string): string {
  if ((name === '__unallocated__' || name === '__undefined__') && field) return `Without ${lower(titleOf(field))}`;
  const kind = field === 'controller' ? kindOf(name) : '';
  if (kind) return `${name.slice(kind.length + 1)} ${titleOf(kind)}`;
  return NAMES[name] ?? VALUES[field ?? '']?.[name] ?? name;
}

/** The kind before a controller's name, `deployment:shop`; '' where there is none. */
export const kindOf = (controller: string): string => controller.slice(0, Math.max(0, controller.indexOf(':')));

/** Hours of a window between two moments. */
export const duringHours = (start: string, end: string): number => (new Date(end).getTime() - new Date(start).getTime()) / 3_600_000;

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
