export { Format, monthly, NOTHING, UNKNOWN, type Change } from './format';
export { FormatProvider, useFormat } from './context';
export { duringHours, kindOf, nameOf, titleOf } from './words';
