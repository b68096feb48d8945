export { answers, ApiError, ask, file, setToken, urlOf, type Cell, type Column, type Meta, type Note, type Parameters, type Schemas, type View } from './api';
export { nextGroup } from './groups';
export { filterProblemOf, freeOf, joined, OPERATORS, orElse, parseFilter, printFilter, termsOf, type Term } from './filter';
export { again, allocationParameters, assetParameters, fetchMore, metaQuery, prefetchMeta, prefetchView, useAnswer, useMeta, useSmallView, useSuggestions, useView } from './queries';
export { useAddress, useAddressed, type SetSearch } from './address';
export { DEFAULTS, lean, parseQuery, printQuery, readSearch, whole, type Patch, type Search } from './search';
export { Table, type Row } from './table';
