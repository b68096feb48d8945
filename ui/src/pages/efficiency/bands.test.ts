import { describe, expect, it } from 'vitest';

import { requestKnown, splitOf } from './bands';

describe('what a cost was for', () => {
  it('tells used from held and not used', () => {
    // 10 core-hours at $0.20: 4 used, 6 held for nothing.
    expect(splitOf({ cost: 2, held: 10, requested: 10, used: 4, efficiency: 0.4 })).toMatchObject({ used: 0.8, spare: 1.2000000000000002, unknown: 0 });
  });

  it('counts what is used beyond the request as used, not as waste', () => {
    // One hour 4 requested and 8 used, one hour 4 requested and 1 used: held 8 + 4, used 9, so 3 were held for nothing.
    const split = splitOf({ cost: 12, held: 12, requested: 8, used: 9, efficiency: 9 / 8 });
    expect(split?.used).toBeCloseTo(9, 12);
    expect(split?.spare).toBeCloseTo(3, 12);
    expect(split?.unknown).toBe(0);
  });

  it('never calls what is not known waste', () => {
    expect(splitOf({ cost: 5, held: 10, requested: 10, used: null, efficiency: null })).toEqual({ used: 0, spare: 0, unknown: 5 });
  });

  it('keeps apart those of a group whose use is not known', () => {
    // One requests 6 and uses 3; of another only its request of 4 is known: $1 per unit.
    const one = { cost: 10, held: 10, requested: 10, used: 3, efficiency: 0.5 };
    expect(requestKnown(one)).toBe(6);
    expect(splitOf(one)).toEqual({ used: 3, spare: 3, unknown: 4 });
  });

  it('has use without any request', () => {
    expect(splitOf({ cost: 3, held: 6, requested: 0, used: 6, efficiency: null })).toEqual({ used: 3, spare: 0, unknown: 0 });
  });

  it('is all waste where nothing was used', () => {
    expect(splitOf({ cost: 3, held: 6, requested: 6, used: 0, efficiency: 0 })).toEqual({ used: 0, spare: 3, unknown: 0 });
  });

  it('has no money where there is no price, and is nothing where nothing was held', () => {
    expect(splitOf({ cost: null, held: 6, requested: 6, used: 2, efficiency: 1 / 3 })).toBeNull();
    expect(splitOf({ cost: null, held: 0, requested: 0, used: null, efficiency: null })).toEqual({ used: 0, spare: 0, unknown: 0 });
  });
});
