/** How high a panel with a table is: as its rows need, between a least and a most, so that few rows leave no empty place. */
const ROW = 30;
const HEADS = 38 + 33 + 33 + 4;
const LEAST_ROWS = 4;

export const tableHeight = (rows: number, most: number, more = 0): number => Math.min(most, HEADS + more + Math.max(LEAST_ROWS, rows + 1) * ROW);
