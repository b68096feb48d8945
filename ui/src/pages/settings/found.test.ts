import { describe, expect, it } from 'vitest';

import type { Schemas } from '../../data';
import { rulesFound, sectionsFound } from './found';

const setting = (key: string, source: Schemas['SettingModel']['source'] = 'default', doc = ''): Schemas['SettingModel'] => ({ key, name: key, value: '1', default: '1', source, origin: '', environment: `FARTHING_${key.toUpperCase()}`, valid: '', doc });
const sections: Schemas['SettingsSection'][] = [
  { section: 'serve', doc: '', settings: [setting('serve.port', 'flag', 'Where it listens'), setting('serve.token')] },
  { section: 'lake', doc: '', settings: [setting('lake.folder')] },
];
const keys = (q: string, own = false): string[] => sectionsFound(sections, q, own).flatMap((one) => one.settings.map((found) => found.key));

describe('settings', () => {
  it('are found by key, words, variable and section, in any case and order', () => {
    expect(keys('LISTENS port')).toEqual(['serve.port']);
    expect(keys('farthing_lake')).toEqual(['lake.folder']);
    expect(keys('serve')).toEqual(['serve.port', 'serve.token']);
    expect(keys('')).toHaveLength(3);
  });

  it('may be those alone that somebody set; empty sections go', () => {
    expect(sectionsFound(sections, '', true)).toMatchObject([{ section: 'serve', settings: [{ key: 'serve.port' }] }]);
    expect(keys('folder', true)).toEqual([]);
  });
});

describe('rules', () => {
  it('are found by what they match and what they price', () => {
    const rules: Schemas['BookRuleModel'][] = [{ name: 'big', kind: 'rule', match: 'instance_type=m5.4xlarge', prices: [{ priced: 'node', lifecycle: null, value: 1, unit: '$/node-hour', written: '1 $/hour' }] }];
    expect(rulesFound(rules, 'm5 node')).toHaveLength(1);
    expect(rulesFound(rules, 'gp3')).toHaveLength(0);
  });
});
