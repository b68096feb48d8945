/** Small things that show one figure. */
import { ArrowDownRight, ArrowUpRight } from 'lucide-react';
import type { ReactNode } from 'react';

import { useFormat, type Change } from '../format';

export function Money({ value, strong = false }: { value: number | null; strong?: boolean }) {
  const format = useFormat();
  return <span className={`num ${value ? '' : 'text-ink3'} ${strong ? 'font-semibold' : ''}`}>{format.money(value)}</span>;
}

/** More cost is red and points up, less is green and points down; never by colour alone. */
export function ChangeOf({ now, before }: { now: number | null; before: number | null }) {
  const format = useFormat();
  return <ChangeText change={format.change(now, before)} />;
}

export function ChangeText({ change }: { change: Change }) {
  const tone = change.direction === 1 ? 'text-up' : change.direction === -1 ? 'text-down' : 'text-ink3';
  const sign = change.direction === 1 ? '▲ ' : change.direction === -1 ? '▼ ' : '';
  return (
    <span className={`num whitespace-nowrap ${tone}`} title={change.direction === null ? 'There is nothing to compare with' : undefined}>
      {sign && <span aria-hidden="true" className="text-[9px]">{sign}</span>}
      {change.text}
    </span>
  );
}

/** Used of what was requested. Over all of it is a risk, not praise. */
export function Efficiency({ value, wide = false }: { value: number | null; wide?: boolean }) {
  const format = useFormat();
  if (value === null) return <span className="text-ink3" title="Nothing was requested here, or use is not known: there is no efficiency">n/a</span>;
  const tone = value > 1 ? 'var(--up)' : value < 0.3 ? 'var(--spare)' : 'var(--used)';
  return (
    <span className="flex w-full items-center justify-end gap-2">
      <span className={`h-[5px] overflow-hidden rounded-full bg-line ${wide ? 'w-16' : 'w-9'}`} aria-hidden="true">
        <span className="block h-full rounded-full" style={{ width: `${Math.min(1, value) * 100}%`, background: tone }} />
      </span>
      <span className="num w-[44px] text-right">{format.share(value)}</span>
    </span>
  );
}

/** A figure that stands for itself, with what it is above it. */
export function Stat({ label, children, beside, title }: { label: string; children: ReactNode; beside?: ReactNode; title?: string }) {
  return (
    <div className="border-line pr-5 last:pr-0 max-sm:w-1/2 sm:not-last:mr-5 sm:not-last:border-r" title={title}>
      <div className="text-xs whitespace-nowrap text-ink3">{label}</div>
      <div className="num text-lg font-semibold tracking-[-0.01em] whitespace-nowrap">
        {children}
        {beside && <span className="ml-2 text-xs font-normal tracking-normal">{beside}</span>}
      </div>
    </div>
  );
}

/** A course over steps that are over. */
export function Spark({ values, width = 58, height = 18 }: { values: readonly (number | null)[]; width?: number; height?: number }) {
  const points = values.map((value) => value ?? Number.NaN);
  const finite = points.filter(Number.isFinite);
  if (finite.length < 2) return <span className="text-ink3">–</span>;
  const low = Math.min(...finite);
  const span = Math.max(Math.max(...finite) - low, Math.max(...finite.map(Math.abs)) * 0.15, 1e-9);
  const at = (value: number, place: number): string => `${((place / (points.length - 1)) * width).toFixed(1)},${(height - 2 - ((value - low) / span) * (height - 4)).toFixed(1)}`;
  const line = points.map((value, place) => (Number.isFinite(value) ? at(value, place) : '')).filter(Boolean).join(' ');
  return (
    <svg width={width} height={height} aria-hidden="true" focusable="false">
      <polyline points={line} fill="none" stroke="var(--ink3)" strokeWidth="1.25" strokeLinejoin="round" />
    </svg>
  );
}

/** A mover: how much more or less, in money. */
export function Difference({ value }: { value: number }) {
  const format = useFormat();
  const Arrow = value > 0 ? ArrowUpRight : ArrowDownRight;
  return (
    <span className={`num inline-flex items-center gap-1 font-medium ${value > 0 ? 'text-up' : 'text-down'}`}>
      <Arrow size={13} aria-hidden="true" /> {format.difference(value)}
    </span>
  );
}
