/** Rows after the last one: what is not loaded or not found, and the cents that rounding leaves over, so that every column agrees with its total. */
import type { PinnedRow } from './DataTable';
import type { Row, Table } from '../data';
import type { Format } from '../format';

/** Cents that the rows as shown lack to the total as shown, by column of money. Only where all rows are there. */
export function roundings(table: Table, columns: readonly string[], factor: number, format: Format): Map<string, number> {
  const found = new Map<string, number>();
  for (const column of columns) {
    if (table.column(column)?.kind !== 'money') continue;
    const scaled = (row: Row): number | null => {
      const value = table.number(row, column);
      return value === null ? null : value * factor;
    };
    const rest = format.rounding([...table.idle, ...table.rows].map(scaled), scaled(table.total));
    if (rest !== 0) found.set(column, rest);
  }
  return found;
}

export function trailingRows(table: Table, columns: readonly string[], factor: number, format: Format, finding: boolean): PinnedRow<Row>[] {
  const whole = table.rows.length >= table.view.rowCount && !finding;
  if (!whole) return [];
  const rests = roundings(table, columns, factor, format);
  if (!rests.size) return [];
  return [
    {
      key: 'rounding',
      row: table.total,
      tone: 'note',
      title: <span title="Each row is shown rounded; together they differ from the rounded total by so much">Rounding</span>,
      cells: (column) => (rests.has(column) ? <span className="num">{format.difference(rests.get(column))}</span> : null),
    },
  ];
}
