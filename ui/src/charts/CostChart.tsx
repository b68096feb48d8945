/** Cost over time, stacked; or the whole window as a treemap. The table beside it holds the same figures. */
import { lazy, Suspense, useCallback, useMemo } from 'react';

import type { View } from '../data';
import { useFormat, type Format } from '../format';
import { token, useTheme } from '../theme/theme';
import { axes, roomFor, signSeries, stackSeries, tooltipStyle } from './options';
import { escaped } from './text';
import { stacksOf, stepTotal, type Stack } from './stack';

const fetchPlot = () => import('./Plot');
const Plot = lazy(fetchPlot);

/** Fetch what draws, while what is drawn is still on its way. Where that fails, the chart itself will tell. */
export const expectChart = (): void => void fetchPlot().catch(() => undefined);

export const CHART_HEIGHT = 236;
export type Kind = 'bars' | 'area' | 'treemap';

/** What of a view is drawn. */
export type Drawn = Pick<View, 'steps' | 'series' | 'otherCount'>;

interface Props {
  view: Drawn;
  kind: Kind;
  /** What a $ of a step is shown as: a rate needs the step's length. */
  scale?: (value: number, step: number) => number;
  /** The same for the whole window. */
  factor?: number;
  off?: ReadonlySet<string>;
  lit?: string | null;
  /** Steps over which a sign stands; what it says is told beside the chart. */
  signs?: readonly number[];
  onPick?: ((stack: Stack) => void) | undefined;
  height?: number;
}

const asIs = (value: number): number => value;
const NONE: readonly number[] = [];

export function CostChart({ view, kind, scale = asIs, factor = 1, off, lit = null, signs = NONE, onPick, height = CHART_HEIGHT }: Props) {
  const format = useFormat();
  const theme = useTheme();
  const stacks = useMemo(() => stacksOf(view, off), [view, off]);
  const names = useMemo(() => stepNames(format, view.steps), [format, view]);
  const option = useCallback(
    () => (kind === 'treemap' ? treemap(stacks, format, theme, factor) : overTime(stacks, names, view, kind, scale, signs, format, theme)),
    [stacks, names, view, kind, scale, signs, factor, format, theme],
  );
  const pick = useCallback((key: string) => {
    const stack = stacks.find((one) => one.key === key);
    if (stack) onPick?.(stack);
  }, [stacks, onPick]);
  const label = `Cost ${kind === 'treemap' ? 'in the whole window' : 'over time'}, told apart by ${view.series.by}. The table holds the same figures.`;
  return (
    <div style={{ height }}>
      <Suspense fallback={<div className="p-2"><div className="skel" style={{ height: height - 16 }} /></div>}>
        <Plot option={option} label={label} height={height} lit={lit} onPick={onPick ? pick : undefined} />
      </Suspense>
    </div>
  );
}

function overTime(stacks: readonly Stack[], names: readonly string[], view: Drawn, kind: Kind, scale: (value: number, step: number) => number, signs: readonly number[], format: Format, theme: string): object {
  const totals = names.map((_, step) => stepTotal(stacks, step));
  const shown = (value: number | null, step: number): number | null => (value === null ? null : scale(value, step));
  const amount = (value: number): string => format.short(value);
  return {
    ...axes(names, amount, roomFor(amount)),
    tooltip: {
      ...tooltipStyle(kind === 'bars'),
      formatter: (points: { dataIndex: number }[]) => {
        const step = points[0]?.dataIndex ?? 0;
        const total = totals[step] ?? 0;
        const rows = stacks
          .map((stack) => ({ stack, value: stack.values[step] ?? null }))
          .filter((row): row is { stack: Stack; value: number } => row.value !== null && row.value !== 0)
          .sort((a, b) => b.value - a.value)
          .map(({ stack, value }) => line(stack, format.money(shown(value, step)), total ? format.share(value / total) : ''));
        const when = view.steps[step] ? format.window(view.steps[step].start, view.steps[step].end) : '';
        return card(`${when}${view.steps[step]?.partial ? ' · more to come' : ''}`, [...rows, line(null, format.headline(shown(totals[step] ?? null, step)), '')]);
      },
    },
    series: [
      ...stackSeries(stacks, kind, theme, names.length, (value, step) => ({ value: shown(value, step), partial: view.steps[step]?.partial ?? false })),
      ...(signs.length ? [signSeries(totals.map((total, step) => (signs.includes(step) ? shown(total, step) : null)))] : []),
    ],
  };
}

function treemap(stacks: readonly Stack[], format: Format, theme: string, factor: number): object {
  const sum = (stack: Stack): number => factor * stack.values.reduce<number>((all, value) => all + (value ?? 0), 0);
  const total = stacks.reduce((all, stack) => all + sum(stack), 0);
  const ink = theme === 'dark' ? '#0f1218' : '#ffffff';
  return {
    animation: false,
    aria: { enabled: true },
    tooltip: { ...tooltipStyle(false), trigger: 'item', formatter: (point: { name: string; value: number }) => `${escaped(point.name)}: <b>${format.money(point.value)}</b> · ${format.share(total ? point.value / total : null)}` },
    series: [
      {
        type: 'treemap', left: 8, right: 8, top: 8, bottom: 8, roam: false, nodeClick: false, breadcrumb: { show: false },
        label: { fontSize: 11.5, lineHeight: 16, fontFamily: 'Inter Variable, system-ui, sans-serif', color: ink, overflow: 'truncate', formatter: (point: { name: string; value: number }) => `${point.name}\n${format.short(point.value)}` },
        itemStyle: { borderColor: token('--panel'), borderWidth: 1, gapWidth: 1 },
        data: stacks.map((stack) => ({ name: stack.title, value: sum(stack), itemStyle: { color: token(stack.colour) } })),
      },
    ],
  };
}

/** How steps are named under their bars: by the hour where none is longer than hours; the last one may be cut short. */
function stepNames(format: Format, steps: View['steps']): string[] {
  const longest = Math.max(0, ...steps.map((step) => Date.parse(step.end) - Date.parse(step.start)));
  return steps.map((step) => {
    const name = longest < 23 * 3_600_000 ? format.hour(step.start) : format.day(step.start);
    return step.partial ? `${name} *` : name;
  });
}

const line = (stack: Stack | null, amount: string, share: string): string =>
  `<tr${stack ? '' : ' style="font-weight:600"'}><td style="padding-right:16px">${stack ? swatch(stack) : ''}${stack ? escaped(stack.title) : 'Total'}</td><td style="text-align:right;padding-right:10px">${amount}</td><td style="text-align:right;opacity:.7">${share}</td></tr>`;

const swatch = (stack: Stack): string => `<span style="display:inline-block;width:8px;height:8px;border-radius:2px;margin-right:6px;background:${token(stack.colour)}"></span>`;

const card = (head: string, rows: readonly string[]): string =>
  `<div style="font-weight:600;margin-bottom:4px">${escaped(head)}</div><table style="font-variant-numeric:tabular-nums">${rows.join('')}</table>`;
