import { expect, test } from 'vitest';

import { hiddenSeries, toggled } from './off';

test('a key goes out and comes back, whatever stands in it', () => {
  const once = toggled('', 'default/deployment:a|b');
  const twice = toggled(once, 'shop, north');
  expect([...hiddenSeries(twice)]).toEqual(['default/deployment:a|b', 'shop, north']);
  expect([...hiddenSeries(toggled(twice, 'default/deployment:a|b'))]).toEqual(['shop, north']);
  expect(toggled(once, 'default/deployment:a|b')).toBe('');
});
