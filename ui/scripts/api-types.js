// Writes src/data/openapi.d.ts from an OpenAPI document: `node scripts/api-types.js openapi.json`. `--check`: fails where the file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const [document, mode] = process.argv.slice(2);
const target = new URL('../src/data/openapi.d.ts', import.meta.url);
const head = '// Written by `make api-types` from the API itself. Do not edit.\n\n';
const api = JSON.parse(readFileSync(document ?? 'openapi.json', 'utf8'));
// Only the models: questions are written by name, and the paths of other products are not ours to call.
const text = head + astToString(await openapiTS({ ...api, paths: {} }));
if (mode === '--check') {
  if (readFileSync(target, 'utf8') !== text) throw new Error('src/data/openapi.d.ts is not what the API says: run `make api-types`');
} else {
  writeFileSync(target, text);
}
