/** A place in which ECharts draws: as large as it is given, drawn anew when what is shown or the theme changes. */
import { useEffect, useRef } from 'react';

import { useTheme } from '../theme/theme';
import { init, type ECharts } from './echarts';

export interface PlotProps {
  /** ECharts' option; made anew (a new object) when anything changes. */
  option: () => object;
  label: string;
  height: number;
  /** A stack was clicked. */
  onPick?: ((name: string, step: number) => void) | undefined;
  /** The stack that is lit; null: none. */
  lit?: string | null;
}

export default function Plot({ option, label, height, onPick, lit = null }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const theme = useTheme();
  useEffect(() => {
    if (!place.current) return undefined;
    const made = init(place.current, null, { renderer: 'svg' });
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  // The frame with the table's new rows does not wait for the chart: it follows in the next.
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => chart.current?.setOption(option() as Record<string, unknown>, { notMerge: true }));
    });
    return () => cancelAnimationFrame(frame);
  }, [option, theme]);
  useEffect(() => {
    const made = chart.current;
    if (!made || !onPick) return undefined;
    const pick = (event: { seriesId?: string; name?: string; dataIndex: number; data?: unknown }): void => onPick(event.seriesId ?? event.name ?? '', event.dataIndex);
    made.on('click', pick as never);
    return () => {
      if (!made.isDisposed()) made.off('click', pick);
    };
  }, [onPick]);
  useEffect(() => {
    chart.current?.dispatchAction({ type: 'downplay' });
    if (lit) chart.current?.dispatchAction({ type: 'highlight', seriesId: lit });
  }, [lit]);
  return <div ref={place} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}
