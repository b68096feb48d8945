/**
 * A table of as many rows as there are: only those in sight are drawn. The server sorts, finds and pages.
 *
 * A grid to assistive technology, with one stop for Tab; arrows go through rows, Enter opens one, Space explains it.
 */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useVirtualizer, type Range } from '@tanstack/react-virtual';
import { memo, startTransition, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';

export interface ColumnSpec<Row> {
  id: string;
  title: string;
  /** Told when the pointer rests on the title. */
  doc?: string;
  width: number;
  align?: 'left' | 'right';
  sortable?: boolean;
  /** The cell may be clicked to see how its number is made. */
  explains?: boolean;
  cell: (row: Row) => ReactNode;
}

export interface PinnedRow<Row> {
  key: string;
  row: Row;
  /** What stands in its first cell; else the column's own. */
  title?: ReactNode;
  tone?: 'total' | 'idle' | 'note';
  /** Cells by column; else the columns' own. */
  cells?: (column: string) => ReactNode;
}

interface Props<Row> {
  label: string;
  columns: readonly ColumnSpec<Row>[];
  rows: readonly Row[];
  /** All rows there are, on the server. */
  count: number;
  keyOf: (row: Row) => string;
  /** `-total_cost`: that column, largest first. */
  sort: string;
  onSort: (sort: string) => void;
  /** Rows that stay in sight above the others, and those after the last one. */
  pinned?: readonly PinnedRow<Row>[];
  trailing?: readonly PinnedRow<Row>[];
  onOpen?: ((row: Row) => void) | undefined;
  onExplain?: ((row: Row, column: string) => void) | undefined;
  onLight?: ((row: Row | null) => void) | undefined;
  onKey?: ((row: Row, event: KeyboardEvent) => void) | undefined;
  /** The end of what is loaded is near. */
  onEnd?: (() => void) | undefined;
  dense?: boolean;
}

const ROW = 30;
const BLOCK = 10;
/** Until its place is known: so much of the window. The first rows are laid out together with all else. */
const GUESSED = { width: 0, height: 0.4 * window.innerHeight };
/** After this those in sight are painted. */
const PAINTED_MS = 150;

/** Rows that are drawn: whole blocks, one more on either side than are in sight. While scrolling stays within a block nothing changes on the page. */
const blocks = ({ startIndex, endIndex, count }: Range): number[] => {
  const first = Math.max(0, Math.floor(startIndex / BLOCK) - 1) * BLOCK;
  const end = Math.min(count, (Math.floor(endIndex / BLOCK) + 2) * BLOCK);
  return counted(first, end);
};
const inSight = ({ startIndex, endIndex, count }: Range): number[] => counted(startIndex, Math.min(count, endIndex + 1));
const counted = (first: number, end: number): number[] => Array.from({ length: Math.max(0, end - first) }, (_, place) => first + place);

/** The first column stays in sight: on a phone it leaves room for others. Room to spare goes to all, twice as much to the first. */
const narrowed = (width: number): string => `min(${width}px, 42vw)`;

export function DataTable<Row>({ label, columns, rows, count, keyOf, sort, onSort, pinned = [], trailing = [], onOpen, onExplain, onLight, onKey, onEnd }: Props<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [active, setActive] = useState(-1);
  const at = Math.min(active, rows.length - 1);
  const template = useMemo(() => {
    const first = columns[0];
    if (!first) return '';
    return `minmax(${narrowed(first.width)}, ${2 * first.width}fr) ${columns.slice(1).map(({ width }) => `minmax(${width}px, ${width}fr)`).join(' ')}`;
  }, [columns]);
  const rest = columns.slice(1).reduce((sum, column) => sum + column.width, 0);
  const width = `calc(${rest}px + ${narrowed(columns[0]?.width ?? 0)})`;
  // What begins otherwise is another table: its rows in sight come first, more on either side once those are painted.
  const head = rows[0] === undefined ? '' : keyOf(rows[0]);
  const [painted, setPainted] = useState('');
  useEffect(() => {
    const timer = window.setTimeout(() => startTransition(() => setPainted(head)), PAINTED_MS);
    return () => window.clearTimeout(timer);
  }, [head]);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualiser's functions are called while rendering, on purpose
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, initialRect: GUESSED, rangeExtractor: painted === head ? blocks : inSight });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (onEnd && rows.length > 0 && rows.length < count && last > rows.length - 80) onEnd();
  }, [onEnd, last, rows.length, count]);
  const go = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    virtual.scrollToIndex(next);
    const row = rows[next];
    if (row !== undefined) onLight?.(row);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget || event.metaKey || event.ctrlKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / ROW) - 3);
    const moves: Record<string, number> = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows.length - 1 };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(to);
      return;
    }
    const row = rows[at];
    if (row === undefined) return;
    if (event.key === 'Enter' && onOpen) {
      event.preventDefault();
      onOpen(row);
    } else if (event.key === ' ' && onExplain) {
      event.preventDefault();
      onExplain(row, 'total_cost');
    } else onKey?.(row, event);
  };
  const onClick = (event: MouseEvent): void => {
    if (!(event.target instanceof Element) || event.target.closest('button, a')) return;
    const column = event.target.closest<HTMLElement>('[data-explains]')?.dataset['explains'];
    const key = event.target.closest<HTMLElement>('[data-row]')?.dataset['row'];
    if (key === undefined) return;
    // The keys go on from the row that was clicked.
    const clicked = rows.findIndex((one) => keyOf(one) === key);
    if (clicked >= 0) setActive(clicked);
    scroller.current?.focus({ preventScroll: true });
    if (column === undefined || !onExplain) return;
    const row = [...pinned.map((one) => one.row), ...rows].find((one) => keyOf(one) === key);
    if (row !== undefined) onExplain(row, column);
  };
  const explains = onExplain !== undefined;
  const sortedBy = sort.replace(/^-/, '');
  return (
    // The grid itself takes the keys: its rows are told by aria-activedescendant.
     
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1 + pinned.length + trailing.length}
      aria-colcount={columns.length}
      aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onMouseLeave={() => onLight?.(null)}
      // A background of its own and no rounded corners: with either otherwise Chromium scrolls it on the page's thread, in step with what that is busy with.
      className="mb-1.5 min-h-0 flex-1 overflow-auto bg-panel outline-offset-[-2px]"
    >
      <div style={{ minWidth: width }} role="presentation">
        <div className="sticky top-0 z-[3]" role="rowgroup">
          <div role="row" aria-rowindex={1} className="grid border-b border-line bg-sunk" style={{ gridTemplateColumns: template }}>
            {columns.map((column, place) => {
              const sorted = sortedBy === column.id;
              const down = sort.startsWith('-');
              return (
                <div
                  key={column.id}
                  role="columnheader"
                  aria-colindex={place + 1}
                  aria-sort={sorted ? (down ? 'descending' : 'ascending') : undefined}
                  className={`th ${column.align === 'right' ? 'right' : ''} ${place === 0 ? 'sticky left-0 z-[1]' : ''}`}
                  title={column.doc}
                >
                  {column.sortable ? (
                    <button
                      type="button"
                      className={`inline-flex items-center gap-1 hover:text-ink ${sorted ? 'text-ink' : ''}`}
                      onClick={() => onSort(sorted ? (down ? column.id : `-${column.id}`) : column.align === 'right' ? `-${column.id}` : column.id)}
                    >
                      {sorted && (down ? <ArrowDown size={12} aria-hidden="true" /> : <ArrowUp size={12} aria-hidden="true" />)}
                      {column.title}
                    </button>
                  ) : (
                    column.title
                  )}
                </div>
              );
            })}
          </div>
          {pinned.map((one, place) => (
            <div
              key={one.key}
              role="row"
              aria-rowindex={place + 2}
              data-row={keyOf(one.row)}
              className={`grid border-b ${one.tone === 'total' ? 'border-line2 bg-panel font-semibold' : 'border-line bg-sunk'}`}
              style={{ gridTemplateColumns: template, height: 32 }}
            >
              <Cells columns={columns} row={one.row} special={one} explains={explains} />
            </div>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <Line
                key={item.key}
                id={`${id}-${item.index}`}
                place={item.index + 2 + pinned.length}
                top={item.start}
                active={item.index === at}
                name={keyOf(row)}
                row={row}
                columns={columns}
                template={template}
                explains={explains}
                onLight={onLight}
              />
            );
          })}
        </div>
        {trailing.length > 0 && (
          <div role="rowgroup">
            {trailing.map((one, place) => (
              <div key={one.key} role="row" aria-rowindex={count + 2 + pinned.length + place} className="grid border-b border-line bg-panel text-ink3" style={{ gridTemplateColumns: template, height: ROW }}>
                <Cells columns={columns} row={one.row} special={one} explains={explains} />
              </div>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

interface LineProps<Row> {
  id: string;
  /** As assistive technology counts rows. */
  place: number;
  top: number;
  active: boolean;
  name: string;
  row: Row;
  columns: readonly ColumnSpec<Row>[];
  template: string;
  explains: boolean;
  onLight: ((row: Row | null) => void) | undefined;
}

/** A row among many: made anew only where it changes itself, not at every step of scrolling. */
const Line = memo(function LineOf<Row>({ id, place, top, active, name, row, columns, template, explains, onLight }: LineProps<Row>) {
  return (
    <div
      id={id}
      role="row"
      tabIndex={-1}
      aria-rowindex={place}
      aria-selected={active}
      data-row={name}
      onMouseEnter={() => onLight?.(row)}
      className={`absolute inset-x-0 grid border-b border-line ${active ? 'bg-accent-soft' : 'bg-panel hover:bg-hover'}`}
      style={{ gridTemplateColumns: template, height: ROW, transform: `translateY(${top}px)` }}
    >
      <Cells columns={columns} row={row} explains={explains} />
    </div>
  );
}) as <Row>(props: LineProps<Row>) => ReactNode;

function Cells<Row>({ columns, row, special, explains }: { columns: readonly ColumnSpec<Row>[]; row: Row; special?: PinnedRow<Row>; explains: boolean }) {
  return columns.map((column, place) => {
    const explained = column.explains === true && explains && special?.tone !== 'note';
    return (
      <div
        key={column.id}
        role={place === 0 ? 'rowheader' : 'gridcell'}
        aria-colindex={place + 1}
        data-explains={explained ? column.id : undefined}
        className={`td ${column.align === 'right' ? 'right' : ''} ${place === 0 ? 'sticky left-0 z-[1] bg-inherit' : ''} ${explained ? 'cursor-pointer hover:underline decoration-dotted underline-offset-2' : ''}`}
        title={explained ? 'How this number is made' : undefined}
      >
        {place === 0 && special?.title !== undefined ? special.title : special?.cells ? special.cells(column.id) : column.cell(row)}
      </div>
    );
  });
}
