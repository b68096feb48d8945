import { describe, expect, it } from 'vitest';

import { marksOf, type Course } from './marks';

const course = (name: string, values: (number | null)[]): Course => ({ key: name, name, values });
const flat = (days: number, value: number): number[] => Array.from({ length: days }, () => value);
const plus = (...lines: readonly (readonly number[])[]): number[] => (lines[0] ?? []).map((_, step) => lines.reduce((sum, line) => sum + (line[step] ?? 0), 0));
const told = (totals: readonly (number | null)[], courses: readonly Course[]): unknown[] => marksOf(totals, courses).map((one) => [one.step, one.name, one.what]);

const REST = flat(20, 100);
const LENA = [...flat(8, 0), 7, ...flat(11, 20)];
const INDEX = [...flat(12, 1), 15, 30, 15, ...flat(5, 1)];

describe('days that say what happened', () => {
  it('are those on which a workload begins that lifts the whole, and those on which one drives a peak', () => {
    expect(told(plus(REST, LENA), [course('lena', LENA), course('other', REST)])).toEqual([[8, 'lena', 'begins']]);
    expect(told(plus(REST, INDEX), [course('index', INDEX), course('other', REST)])).toEqual([[13, 'index', 'peaks']]);
    expect(told(plus(REST, LENA, INDEX), [course('lena', LENA), course('index', INDEX)])).toEqual([[8, 'lena', 'begins'], [13, 'index', 'peaks']]);
  });

  it('are none where nobody accounts for most of it', () => {
    const [a, b, c] = [0.4, 0.3, 0.3].map((part) => INDEX.map((value) => value * part));
    expect(told(plus(REST, INDEX), [course('a', a ?? []), course('b', b ?? []), course('c', c ?? [])])).toEqual([]);
    // something else ended as this began: the whole stays as it was
    const ended = [...flat(8, 20), 13, ...flat(11, 0)];
    expect(told(plus(REST, LENA, ended), [course('lena', LENA)])).toEqual([]);
  });

  it('are none where it is too little to be seen, or comes and goes', () => {
    const little = LENA.map((value) => value / 5);
    expect(told(plus(REST, little), [course('little', little)])).toEqual([]);
    const nightly = Array.from({ length: 20 }, (_, step) => (step > 7 && step % 2 ? 20 : 0));
    expect(told(plus(REST, nightly), [course('nightly', nightly)])).toEqual([]);
  });

  it('are none of a rise that stays: that has no peak, and what was there before does not begin', () => {
    const risen = [...flat(16, 1), ...flat(4, 30)];
    expect(told(plus(REST, risen), [course('risen', risen)])).toEqual([]);
  });

  it('are none at the edge of what is known: what is there from the first day, or has only just begun', () => {
    const [early, late] = [[0, ...flat(19, 20)], [...flat(18, 0), 20, 20]];
    expect(told(plus(REST, early), [course('early', early)])).toEqual([]);
    expect(told(plus(REST, late), [course('late', late)])).toEqual([]);
    expect(told(flat(20, 0).map(() => null), [course('lena', LENA)])).toEqual([]);
    expect(told([], [])).toEqual([]);
  });
});
