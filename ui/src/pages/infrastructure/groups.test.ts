import { describe, expect, it } from 'vitest';

import { Table, type View } from '../../data';
import { askedGroups, into, readAssetKey, termOf } from './groups';

function table(by: string[], row: string[]): Table {
  const text = (name: string) => ({ name, unit: '', kind: 'text' as const, doc: '' });
  const view = { by, columns: [text('name'), text('special'), ...by.map(text)], rows: [[row.join('/'), '', ...row]], idleRows: [], total: [] } as unknown as View;
  return new Table(view);
}

describe('what assets are grouped by', () => {
  it('asks for what is told of an asset where assets are listed, each once', () => {
    expect(askedGroups('type')).toBe('type');
    expect(askedGroups('cluster,asset')).toBe('cluster,asset,type,instanceType,lifecycle,storageClass,namespace');
  });

  it('keeps a value by the filter that the API has for its group', () => {
    expect(termOf('type', 'Node')).toEqual({ field: 'assetType', operator: ':', values: ['Node'] });
    expect(termOf('instanceType', 'r6i.4xlarge')?.field).toBe('label[node.kubernetes.io/instance-type]');
    expect(termOf('region', '__undefined__')?.values).toEqual(['__unallocated__']);
    expect(termOf('label:pool', 'web')?.field).toBe('label[pool]');
    expect(termOf('lifecycle', 'spot')).toBeNull();
  });
});

describe('into a row', () => {
  it('goes from a type to its assets', () => {
    const one = table(['type'], ['Node']);
    expect(one.rows.map((row) => into(one, row, { agg: 'type', filter: 'cluster:"east"' }))).toMatchObject([{ agg: 'asset', filter: 'cluster:"east"+assetType:"Node"', q: '' }]);
  });

  it('keeps what no filter can say as a group, and finds it', () => {
    const one = table(['cluster', 'lifecycle'], ['east', 'spot']);
    expect(one.rows.map((row) => into(one, row, { agg: 'cluster,lifecycle', filter: '' }))).toMatchObject([{ agg: 'lifecycle,asset', filter: 'cluster:"east"', q: 'spot/' }]);
  });
});

it('reads an asset out of the address, slashes in its name included', () => {
  expect(readAssetKey('east/disk/7')).toEqual({ cluster: 'east', name: 'disk/7' });
  expect(readAssetKey('')).toBeNull();
});
