import { expect, it } from 'vitest';

import { Table, type View } from '../../data';
import { aboutOf, stepsOf } from './about';

const BY = ['cluster', 'namespace', 'controller'];
const table = (...rows: [string, string, string][]): Table =>
  new Table({ by: BY, columns: ['name', 'special', ...BY].map((name) => ({ name, unit: '', kind: 'text', doc: '' })), rows: rows.map((row) => [row.join('/'), '', ...row]), idleRows: [], total: [] } as unknown as View);

it('is about the innermost thing that the filter names', () => {
  const about = aboutOf('controllerName:"web"+pod:"web-1"', table(['east', 'shop', 'deployment:web']));
  expect(about).toMatchObject({ name: 'web-1', kind: 'pod', pod: true, clusters: ['east'] });
  expect(stepsOf(about).map((step) => [step.title, step.search.filter])).toEqual([
    ['east', 'cluster:"east"'],
    ['shop', 'cluster:"east"+namespace:"shop"'],
    ['web', 'cluster:"east"+namespace:"shop"+controllerKind:"deployment"+controllerName:"web"'],
  ]);
});

it('takes the kind from what was found, and stops where there are several', () => {
  const about = aboutOf('controllerName:"web"', table(['east', 'shop', 'rollout:web'], ['east', 'blog', 'rollout:web']));
  expect(about).toMatchObject({ name: 'web', kind: 'rollout', namespaces: ['shop', 'blog'] });
  expect(stepsOf(about).map((step) => step.title)).toEqual(['east']);
});

it('takes the last thing that is kept where that is no workload, and is no step to itself', () => {
  expect(aboutOf('cluster:"east"+label[team]:"growth"', null)).toMatchObject({ name: 'growth', kind: 'label team' });
  const namespace = aboutOf('namespace:"shop"', table(['east', 'shop', 'rollout:web'], ['east', 'shop', 'rollout:api']));
  expect(stepsOf(namespace).map((step) => step.title)).toEqual(['east']);
});

it('has no name where the filter keeps many', () => {
  expect(aboutOf('pod:"a","b"', null)).toMatchObject({ name: '', kind: '' });
  expect(aboutOf('(a:"b"', null).name).toBe('');
});
