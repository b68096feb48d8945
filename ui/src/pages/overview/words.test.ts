import { describe, expect, it } from 'vitest';

import { Format } from '../../format';
import type { Action } from './actions';
import type { Mover } from './movers';
import { adviceIn, reasonIn, sizeIn } from './words';

const format = new Format('en-US', 'USD', 'UTC');
const HOURS = { now: 24, before: 24 };

/** CPU that cost $10 for 10 core-hours before, and now as told. */
const mover = (now: number, held: number, more: Partial<Mover> = {}, of = now - 10): Mover => ({
  key: '', cluster: 'c', namespace: 'n', controller: 'deployment:a', idle: false, now, before: 10, difference: of, kind: 'changed',
  cause: { resource: 'cpu_cost', difference: now - 10, now, before: 10, held: { now: held, before: 10, unit: 'core·h' } },
  ...more,
});
const why = (one: Mover, hours = HOURS): string => reasonIn(one, hours, format);

describe('why something costs otherwise', () => {
  it('is more or less of what was held, on average', () => {
    expect(why(mover(20, 48))).toBe('CPU: from 0.417 to 2 cores on average');
    expect(why(mover(5, 5))).toBe('CPU: from 0.417 to 0.208 cores on average');
    // as many core-hours in half the time are twice as many cores
    expect(why(mover(20, 48), { now: 12, before: 24 })).toBe('CPU: from 0.417 to 4 cores on average');
    expect(why(mover(20, 48, { idle: true }, 15))).toBe('CPU $10 of it: idle rose from 0.417 to 2 cores on average');
  });

  it('is the price where as much was held', () => {
    expect(why(mover(20, 10))).toBe('CPU: a higher price of what it holds');
    expect(why(mover(5, 10, { idle: true }))).toBe('CPU: a lower price of what is idle');
  });

  it('is the resource alone where it was not there before, is no more, or has no quantity', () => {
    expect(why(mover(20, 48, { kind: 'new' }))).toBe('most of it CPU');
    expect(why(mover(20, 48, { kind: 'new', cause: null }))).toBe('not there before');
    expect(why(mover(0, 0, { kind: 'ended', cause: null }))).toBe('no longer there');
    expect(why(mover(20, 0))).toBe('all of it CPU');
    // 0.416666 and 0.417 cores are the same as they are written
    expect(why(mover(10.001, 10.001))).toBe('all of it CPU');
    expect(why(mover(20, 48, { cause: null }))).toBe('costs more');
  });
});

describe('how much of what it was', () => {
  it('has its sign, is times as much from twice on, and says what is new or ended', () => {
    expect([sizeIn(13.5, 10, format), sizeIn(6, 10, format), sizeIn(262, 10, format), sizeIn(5, 0, format), sizeIn(0, 5, format)]).toEqual(['+35.0%', '-40.0%', '26.2 ×', 'new', 'ended']);
  });
});

const action = (kind: Action['kind'], facts: Record<string, number>, more: Partial<Action> = {}): Action => ({ key: '', kind, cluster: 'shop', namespace: '', name: 'm5', monthly: 1, atMost: false, facts, to: '/infrastructure', search: {}, ...more });
const advice = (one: Action, days = 7): string[] => Object.values(adviceIn(one, days, format));

describe('what to do', () => {
  it('counts whole nodes, and tells the average where it is none', () => {
    expect(advice(action('nodes', { count: 3, nodes: 7.87, idle: 0.5, spare: 0.466, empty: 0 }, { scarce: 'ram' }))).toEqual(['Remove 3 of the 8 m5 nodes', 'shop: RAM is scarcest there, and 46.6% of it is free: their pods fit on fewer. 7.9 nodes on average.']);
    expect(advice(action('nodes', { count: 2, nodes: 5, idle: 0.5, spare: 0.1, empty: 2 }, { scarce: 'cpu' }))).toEqual(['Remove 2 of the 5 m5 nodes', 'shop: as many were all but empty.']);
  });

  it('says of which days it speaks, for the window may be another', () => {
    expect(advice(action('nodes', { count: 4, nodes: 4, idle: 0.984, spare: 0.97, empty: 4 }))).toEqual(['Remove the 4 m5 nodes', 'shop: 98.4% of their cost was idle that week, hardly a pod is there.']);
    expect(advice(action('nodes', { count: 1, nodes: 1, idle: 0.95, spare: 0.9, empty: 1 }), 3)).toEqual(['Remove the m5 node', 'shop: 95.0% of its cost was idle those 3 days, hardly a pod is there.']);
  });

  it('asks where only who runs it knows, and says when the money is saved', () => {
    const who = { namespace: 'n', name: 'statefulset:lena', atMost: true };
    expect(advice(action('gpu', { cpu: 0.004 }, who))).toEqual(['Does lena need its GPUs?', 'n · shop: it uses 0.4% of its CPU; use of the cards is not measured. Saved once their node is removed.']);
    expect(advice(action('requests', { used: 0.1 }, who))).toEqual(['Does lena need what it requests?', 'n · shop: it uses 10.0% of the CPU and RAM that it requests. Saved once fewer nodes are needed.']);
  });
});
