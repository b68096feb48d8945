/** Asks Farthing's own API. One place for the token, for errors in words, and for what goes wrong between here and there. */
import type { components } from './openapi';

type Schemas = components['schemas'];
export type View = Schemas['View'];
export type Meta = Schemas['Meta'];
export type Column = Schemas['ColumnModel'];
export type Note = Schemas['NoteModel'];
export type Suggestions = Schemas['SuggestionsModel'];
export type Cell = View['rows'][number][number];
export type { Schemas };

const TOKEN = 'farthing.token';
const PREFIX = '/api/v1';

export type Parameters = Record<string, string | number | boolean | undefined>;

/** An answer that is none. `kind`: what the server calls it, or `offline`, `unreadable`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    readonly status: number,
    readonly kind: string,
    readonly expected = '',
    readonly cure = '',
    readonly requestId = '',
  ) {
    super(message);
  }

  /** Whether asking the same again may go well. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The path below /api/v1 with its question; what is undefined or empty is left out. */
export function urlOf(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return `${PREFIX}${path}${text ? `?${text}` : ''}`;
}

/** The JSON that a path answers with. Throws ApiError. */
export async function ask<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  const response = await request(urlOf(path, parameters), signal);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError('The answer broke off or cannot be read.', 0, 'unreadable', '', 'Try again; if it stays so, look into the log of the server.');
  }
}

/** A file that a path answers with. Throws ApiError. */
export async function file(path: string, parameters: Parameters): Promise<Blob> {
  const response = await request(urlOf(path, parameters));
  try {
    return await response.blob();
  } catch {
    throw new ApiError('The file broke off.', 0, 'unreadable', '', 'Try again, or ask for fewer rows.');
  }
}

/** Throws ApiError where nobody answers. */
export async function answers(): Promise<void> {
  await request('/healthz');
}

/** Keep the token that is sent with every question; empty: none. It stays in this tab alone. */
export function setToken(token: string): void {
  if (token) sessionStorage.setItem(TOKEN, token);
  else sessionStorage.removeItem(TOKEN);
}

async function request(url: string, signal?: AbortSignal): Promise<Response> {
  const token = sessionStorage.getItem(TOKEN);
  const headers: Record<string, string> = { accept: 'application/json, */*' };
  if (token) headers['authorization'] = `Bearer ${token}`;
  let response: Response;
  try {
    response = await fetch(url, { headers, ...(signal ? { signal } : {}) });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(
      navigator.onLine ? 'Farthing does not answer.' : 'This computer is offline.',
      0,
      'offline',
      '',
      navigator.onLine ? 'See that `farthing up` runs and can be reached from here.' : 'The page goes on when the connection is back.',
    );
  }
  if (!response.ok) throw await failed(response);
  return response;
}

/** The API tells an error as `Failure`; a proxy between here and there in HTML or not at all. */
async function failed(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id') ?? '';
  try {
    const { error } = (await response.json()) as Partial<Schemas['Failure']>;
    if (error?.problem) return new ApiError(error.problem, response.status, error.kind, error.expected, error.cure, error.requestId);
  } catch {
    // not the API's own words
  }
  return new ApiError(`The server answered ${response.status} ${response.statusText}`.trim(), response.status, 'HTTP', '', '', requestId);
}
