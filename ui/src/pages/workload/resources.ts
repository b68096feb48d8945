/** A cost over time by what it was for. */
import type { Drawn } from '../../charts/CostChart';
import type { Schemas } from '../../data';
import { titleOf } from '../../format';

export type Timeline = Pick<Schemas['Timeline'], 'columns' | 'values' | 'total' | 'steps'>;

/** Always in this order, so that each keeps its colour from one workload to the next. */
export const RESOURCES = ['cpu_cost', 'ram_cost', 'gpu_cost', 'storage_cost', 'load_balancer_cost', 'network_cost', 'management_cost', 'shared_cost'] as const;
export const COST_COLUMNS = `total_cost,${RESOURCES.join(',')}`;

type Cells = Timeline['total'];

export function numberOf(timeline: Pick<Timeline, 'columns'>, cells: Cells, column: string): number | null {
  const cell = cells[timeline.columns.findIndex((one) => one.name === column)];
  return typeof cell === 'number' ? cell : null;
}

/** What idle was received: the cost with it, less the own cost. null: not known. */
const received = (own: number | null, whole: number | null): number | null => (own === null || whole === null ? null : Math.max(0, whole - own));

/** Stacks of a chart: own costs by resource, then idle where it was received. `whole`: the same with idle. */
export function drawn(own: Timeline, whole: Timeline | null): Drawn {
  const step = (timeline: Timeline, place: number, column: string): number | null => numberOf(timeline, timeline.values[place] ?? [], column);
  const course = (column: string): (number | null)[] => own.steps.map((_, place) => step(own, place, column));
  return {
    steps: own.steps,
    series: {
      by: 'resource',
      keys: RESOURCES.map(titleOf),
      values: RESOURCES.map(course),
      other: null,
      idle: whole ? own.steps.map((_, place) => received(step(own, place, 'total_cost'), step(whole, place, 'total_cost'))) : null,
    },
    otherCount: 0,
  };
}

export interface Sum {
  title: string;
  /** Place in RESOURCES; -1: idle received. */
  rank: number;
  cost: number | null;
}

/** What the window cost by resource; those that are nothing are left out. */
export function sums(own: Timeline, whole: Timeline | null): Sum[] {
  const found = RESOURCES.map((column, rank): Sum => ({ title: titleOf(column), rank, cost: numberOf(own, own.total, column) }));
  const idle = whole ? received(numberOf(own, own.total, 'total_cost'), numberOf(whole, whole.total, 'total_cost')) : 0;
  return [...found, { title: 'Idle received', rank: -1, cost: idle }].filter((one) => one.cost);
}
