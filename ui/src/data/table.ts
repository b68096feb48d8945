/** The rows of a view, by the names of its columns. */
import type { Cell, Column, View } from './api';

export interface Row {
  cells: readonly Cell[];
  name: string;
  /** Idle that is told apart. */
  idle: boolean;
}

export class Table {
  private readonly places: Map<string, number>;
  readonly rows: readonly Row[];
  readonly idle: readonly Row[];
  readonly total: Row;

  constructor(
    readonly view: View,
    pages: readonly View['rows'][] = [view.rows],
  ) {
    this.places = new Map(view.columns.map((column, place) => [column.name, place]));
    this.rows = pages.flat().map((cells) => this.row(cells));
    this.idle = view.idleRows.map((cells) => this.row(cells));
    this.total = { cells: view.total, name: 'Total', idle: false };
  }

  column(name: string): Column | undefined {
    const place = this.places.get(name);
    return place === undefined ? undefined : this.view.columns[place];
  }

  has(name: string): boolean {
    return this.places.has(name);
  }

  /** A number; null where it is not known, or the view has no such column. */
  number(row: Row, name: string): number | null {
    const cell = this.cell(row, name);
    return typeof cell === 'number' ? cell : null;
  }

  /** What a row cost in the period before; null where that began before the data did, for then it says nothing. */
  before(row: Row): number | null {
    return this.view.previousPartial ? null : this.number(row, 'previous_cost');
  }

  text(row: Row, name: string): string {
    const cell = this.cell(row, name);
    return typeof cell === 'string' ? cell : '';
  }

  flag(row: Row, name: string): boolean {
    return this.cell(row, name) === true;
  }

  /** What a row cost in each step that is over: one under way, or one of which data are still to come, would look like a fall. */
  trend(row: Row): readonly (number | null)[] {
    const cell = this.cell(row, 'trend');
    return Array.isArray(cell) ? cell.filter((_, place) => !this.view.steps[place]?.partial) : [];
  }

  /** The value of a row in each of the view's groups. */
  groups(row: Row): string[] {
    return this.view.by.map((group) => this.text(row, group));
  }

  /** Whether anything but 0 stands in a column, or something is unknown that the total knows of. */
  filled(name: string): boolean {
    const total = this.number(this.total, name);
    return total === null ? this.rows.some((row) => this.number(row, name) !== null) : total !== 0;
  }

  private cell(row: Row, name: string): Cell {
    const place = this.places.get(name);
    return place === undefined ? null : (row.cells[place] ?? null);
  }

  private row(cells: readonly Cell[]): Row {
    const text = (name: string): string => {
      const cell = cells[this.places.get(name) ?? -1];
      return typeof cell === 'string' ? cell : '';
    };
    return { cells, name: text('name'), idle: text('special') === 'idle' };
  }
}
