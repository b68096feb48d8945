/** Which group comes next under another. */

/** What a row is opened into, by what it is a row of. What is not here opens into namespaces. */
const NEXT: Record<string, string> = {
  cluster: 'namespace',
  namespace: 'controller',
  controller: 'pod',
  controllerKind: 'controller',
  deployment: 'pod',
  statefulset: 'pod',
  daemonset: 'pod',
  job: 'pod',
  cronjob: 'pod',
  replicaset: 'pod',
  rollout: 'pod',
  service: 'pod',
  node: 'pod',
  pod: 'container',
};

export function nextGroup(agg: string): string | null {
  const last = agg.split(',').at(-1) ?? '';
  if (last === 'container' || last === 'all') return null;
  return NEXT[last] ?? 'namespace';
}
