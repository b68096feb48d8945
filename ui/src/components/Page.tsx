/** The skeleton of a page: title, path, headline figures; controls; then what the page is about. */
import type { CSSProperties, ReactNode } from 'react';

interface Props {
  title: string;
  /** Under the title: what is shown, or the way here. */
  under?: ReactNode;
  figures?: ReactNode;
  controls?: ReactNode;
  /** The body fills the height and scrolls inside, as tables do; else the page scrolls. */
  filled?: boolean;
  children: ReactNode;
}

export function Page({ title, under, figures, controls, filled = false, children }: Props) {
  return (
    <div className={filled ? 'flex h-full min-h-[640px] flex-col max-sm:min-h-[1040px]' : 'mx-auto max-w-[1680px] pb-8'}>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2 px-4 pt-4 pb-3 md:px-5">
        <div className="min-w-0 max-sm:w-full">
          <h1 className="text-xl font-semibold tracking-[-0.015em]">{title}</h1>
          <div className="min-h-[20px] text-sm text-ink3 max-sm:min-h-9">{under}</div>
        </div>
        {figures && <div className="flex max-w-full flex-wrap items-end gap-y-2 max-sm:w-full">{figures}</div>}
      </div>
      {controls && <div className="px-4 pb-3 md:px-5">{controls}</div>}
      {children}
    </div>
  );
}

/** A framed part of a page, with its own title. */
export function Panel({ title, aside, children, className = '', style }: { title?: ReactNode; aside?: ReactNode; children: ReactNode; className?: string; style?: CSSProperties }) {
  return (
    <section className={`panel flex min-w-0 flex-col ${className}`} style={style}>
      {(title ?? aside) && (
        <header className="flex min-h-[38px] items-center justify-between gap-3 border-b border-line px-3.5 py-1.5">
          <h2 className="text-base font-semibold">{title}</h2>
          <div className="text-sm text-ink3">{aside}</div>
        </header>
      )}
      {children}
    </section>
  );
}
