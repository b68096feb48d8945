/** Use and request of one resource as lines. Where use is not known there is a gap. */
import { lazy, Suspense, useCallback } from 'react';

import { axes, tooltipStyle } from '../../charts/options';
import { useFormat, type Format } from '../../format';
import { token } from '../../theme/theme';
import type { Point } from './usage';

const Plot = lazy(() => import('../../charts/Plot'));
const HEIGHT = 190;

interface Props {
  title: string;
  points: readonly Point[];
  byHour: boolean;
  /** An average in words. */
  text: (value: number | null) => string;
  /** The same, short, for the axis. */
  axis: (value: number) => string;
}

export function UsageChart({ title, points, byHour, text, axis }: Props) {
  const format = useFormat();
  const option = useCallback(() => optionOf(points, byHour, format, text, axis), [points, byHour, format, text, axis]);
  return (
    <figure className="min-w-0">
      <figcaption className="px-3.5 pt-2.5 text-sm font-medium text-ink2">{title}</figcaption>
      <div style={{ height: HEIGHT }}>
        <Suspense fallback={<div className="p-3"><div className="skel" style={{ height: HEIGHT - 24 }} /></div>}>
          <Plot option={option} height={HEIGHT} label={`${title}: requested and used over time, averages over each ${byHour ? 'hour' : 'step'}. The table below sums it up.`} />
        </Suspense>
      </div>
    </figure>
  );
}

function optionOf(points: readonly Point[], byHour: boolean, format: Format, text: Props['text'], axis: Props['axis']): object {
  const names = points.map((point) => (byHour ? format.moment(point.start) : format.day(point.start)));
  const used = token('--used');
  const requested = token('--ink2');
  return {
    ...axes(names, axis),
    grid: { left: 66, right: 14, top: 14, bottom: 26 },
    tooltip: {
      ...tooltipStyle(false),
      formatter: (shown: { dataIndex: number }[]) => {
        const point = points[shown[0]?.dataIndex ?? 0];
        if (!point) return '';
        const part = point.used !== null && point.requested ? format.share(point.used / point.requested) : '';
        const line = (colour: string, name: string, value: string, more: string): string =>
          `<tr><td style="padding-right:16px"><span style="display:inline-block;width:10px;height:2px;margin-right:6px;vertical-align:middle;background:${colour}"></span>${name}</td><td style="text-align:right;padding-right:8px">${value}</td><td style="text-align:right;opacity:.7">${more}</td></tr>`;
        const head = byHour ? format.moment(point.start) : format.window(point.start, point.end);
        return `<div style="font-weight:600;margin-bottom:4px">${head}</div><table style="font-variant-numeric:tabular-nums">${line(requested, 'Requested', text(point.requested), '')}${line(used, 'Used', point.used === null ? 'not known' : text(point.used), part)}</table>`;
      },
    },
    series: [
      {
        id: 'used', name: 'Used', type: 'line', symbol: 'none', color: used, z: 3, connectNulls: false,
        lineStyle: { width: 1.6 }, areaStyle: { opacity: 0.14 }, emphasis: { disabled: true },
        data: points.map((point, at) => alone(points, at) ? { value: point.used, symbol: 'circle', symbolSize: 4 } : point.used),
      },
      {
        id: 'requested', name: 'Requested', type: 'line', step: 'end', symbol: 'none', color: requested, z: 4, connectNulls: false,
        lineStyle: { width: 1.4, type: [5, 3] }, emphasis: { disabled: true }, data: points.map((point) => point.requested),
      },
    ],
  };
}

/** A point between two gaps has no line: it is drawn as a dot. */
function alone(points: readonly Point[], at: number): boolean {
  const known = (place: number): boolean => (points[place]?.used ?? null) !== null;
  return known(at) && !known(at - 1) && !known(at + 1);
}
