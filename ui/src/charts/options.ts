/** What all charts over time have in common: axes, tooltips, stacks. */
import { token } from '../theme/theme';
import type { Kind } from './CostChart';
import type { Stack } from './stack';

const LETTER = 6.4; // px, of the axes' text
const LONG = 1_234_567;

/** Room for amounts of any size beside the axis: a grid that has it need not find out, which takes ECharts a third of its time. */
export const roomFor = (amount: (value: number) => string): object => ({ left: Math.max(56, 18 + LETTER * amount(LONG).length), outerBoundsMode: 'none' });

/** Grid and axes of a chart over steps of that name. `room`: see `roomFor`. */
export function axes(names: readonly string[], amount: (value: number) => string, room: object = { left: 56 }): object {
  const text = { color: token('--ink3'), fontSize: 11 };
  return {
    animation: false,
    aria: { enabled: true },
    textStyle: { fontFamily: 'Inter Variable, system-ui, sans-serif' },
    grid: { ...room, right: 12, top: 14, bottom: 26 },
    xAxis: { type: 'category', data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: token('--line2') } }, axisLabel: { ...text, hideOverlap: true } },
    yAxis: { type: 'value', splitNumber: 4, splitLine: { lineStyle: { color: token('--line') } }, axisLabel: { ...text, formatter: amount } },
  };
}

export function tooltipStyle(bars: boolean): object {
  return {
    trigger: 'axis',
    confine: true,
    transitionDuration: 0,
    axisPointer: { type: bars ? 'shadow' : 'line', z: 0, shadowStyle: { color: token('--hover'), opacity: 0.8 }, lineStyle: { color: token('--line2') } },
    backgroundColor: token('--panel'),
    borderColor: token('--line2'),
    padding: [8, 10],
    textStyle: { color: token('--ink'), fontSize: 12, fontFamily: 'Inter Variable, system-ui, sans-serif' },
    extraCssText: 'box-shadow: var(--shadow); border-radius: 8px; max-height: 400px; overflow: hidden;',
  };
}

type Shown = (value: number | null, step: number) => { value: number | null; partial: boolean };

/** Stacks as ECharts' series. A step that is not over is paler. */
export function stackSeries(stacks: readonly Stack[], kind: Kind, theme: string, steps: number, shown: Shown): object[] {
  const area = kind === 'area';
  const hatch = { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, color: theme === 'dark' ? 'rgba(255,255,255,.22)' : 'rgba(60,70,90,.28)' };
  return stacks.map((stack) => ({
    id: stack.key,
    name: stack.title,
    type: area ? 'line' : 'bar',
    stack: 'cost',
    z: 3,
    barMaxWidth: 64,
    barCategoryGap: steps > 20 ? '18%' : '32%',
    symbol: 'none',
    color: token(stack.colour),
    lineStyle: { width: 0 },
    ...(area ? { areaStyle: { opacity: 0.9, ...(stack.kind === 'idle' ? { decal: hatch } : {}) } } : {}),
    itemStyle: { borderColor: token('--panel'), borderWidth: area ? 0 : 0.6, ...(stack.kind === 'idle' && !area ? { decal: hatch } : {}) },
    emphasis: { focus: 'series' },
    blur: { itemStyle: { opacity: 0.25 }, areaStyle: { opacity: 0.25 } },
    data: stack.values.map((value, step) => {
      const point = shown(value, step);
      return area || !point.partial ? point.value : { value: point.value, itemStyle: { opacity: 0.55 } };
    }),
  }));
}

/** A small sign over the top of some steps; `tops`: how high each of these is, null elsewhere. */
export function signSeries(tops: readonly (number | null)[]): object {
  return {
    id: 'signs',
    type: 'line',
    z: 4,
    silent: true,
    clip: false,
    symbol: 'triangle',
    symbolRotate: 180,
    symbolSize: [8, 6],
    symbolOffset: [0, -7],
    showAllSymbol: true,
    lineStyle: { width: 0 },
    itemStyle: { color: token('--ink2') },
    blur: { itemStyle: { opacity: 1 } },
    tooltip: { show: false },
    data: tops,
  };
}
