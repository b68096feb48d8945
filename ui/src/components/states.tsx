/** What stands in place of figures: while they come, when they cannot, and when there are none. */
import { useQueryClient } from '@tanstack/react-query';
import { CloudOff, KeyRound, RotateCw, SearchX, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';

import { ApiError, setToken } from '../data';

/** Grey shapes as large as what comes. */
export function Skeleton({ chart = true, rows = 10 }: { chart?: boolean; rows?: number }) {
  return (
    <div className="flex flex-col gap-3 p-4" role="status" aria-label="Loading">
      {chart && <div className="skel h-[212px]" />}
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skel h-[18px]" style={{ width: `${100 - row * 3}%` }} />
      ))}
    </div>
  );
}

/** In place of a page's figures, as wide as what comes: their place starts where they will. A phone has them in two lines. */
export const FiguresSkeleton = ({ few = false }: { few?: boolean }) => <div className={`skel h-[42px] max-w-full max-sm:h-[88px] max-sm:w-full ${few ? 'w-[370px]' : 'w-[490px]'}`} />;

/** Words in the middle of an empty place, and what to do. */
export function Message({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="m-auto flex max-w-lg flex-col items-center gap-2 p-8 text-center">
      {icon && <span className="text-ink3">{icon}</span>}
      <h2 className="text-base font-semibold">{title}</h2>
      {children && <div className="text-ink2 break-words">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What failed, in the server's words, what was expected, what to do, and a way to try again. */
export function Failed({ error, retry, what = 'This' }: { error: Error; retry: () => void; what?: string }) {
  const told = error instanceof ApiError ? error : null;
  if (told?.status === 401) return <TokenWanted problem={told.message} />;
  const icon = told?.kind === 'offline' ? <CloudOff size={22} /> : <TriangleAlert size={22} />;
  return (
    <div role="alert" className="m-auto">
      <Message
        icon={icon}
        title={told?.status === 403 ? 'This is not yours to see' : `${what} could not be loaded`}
        action={
          <button type="button" className="btn" onClick={retry}>
            <RotateCw size={13} /> Try again
          </button>
        }
      >
        <p>{told?.message ?? 'A fault of this page. The browser’s console has more.'}</p>
        {told?.expected && <p className="mt-1 text-sm text-ink3">Expected: {clipped(told.expected)}</p>}
        {told?.cure && <p className="mt-1 text-sm text-ink3">To do: {told.cure}</p>}
        {told?.requestId && <p className="mt-1 text-xs text-ink3">Request {told.requestId}</p>}
      </Message>
    </div>
  );
}

/** The filter is wrong; what is wrong with it stands beside it. */
export function FilterNotUnderstood({ clear }: { clear: () => void }) {
  return (
    <Message
      icon={<SearchX size={22} />}
      title="The filter is not understood"
      action={
        <button type="button" className="btn" onClick={clear}>
          Remove the filter
        </button>
      }
    >
      <p>Nothing is shown rather than something else than what was asked. What is wrong is told above.</p>
    </Message>
  );
}

/** Nothing matches what was asked. */
export function NothingMatches({ what, filtered, clear }: { what: string; filtered: boolean; clear: () => void }) {
  return (
    <Message
      icon={<SearchX size={22} />}
      title={filtered ? 'Nothing matches these filters' : 'Nothing was running in this window'}
      action={
        filtered && (
          <button type="button" className="btn" onClick={clear}>
            Remove filters
          </button>
        )
      }
    >
      {what}
    </Message>
  );
}

function TokenWanted({ problem }: { problem: string }) {
  const client = useQueryClient();
  const [token, set] = useState('');
  return (
    <div role="alert" className="m-auto">
      <Message icon={<KeyRound size={22} />} title="This server asks for a token">
        <p>{problem}. Whoever runs Farthing has it, as <code>serve.token</code>. It stays in this tab alone.</p>
        <form
          className="mt-3 flex justify-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            setToken(token.trim());
            // What failed for want of it failed everywhere.
            void client.refetchQueries({ predicate: (query) => query.state.status === 'error' });
          }}
        >
          <input className="field w-72" type="password" autoComplete="off" aria-label="Token" value={token} onChange={(event) => set(event.target.value)} />
          <button type="submit" className="btn btn-primary" disabled={!token.trim()}>
            Use it
          </button>
        </form>
      </Message>
    </div>
  );
}

const clipped = (text: string): string => (text.length > 240 ? `${text.slice(0, 240)} …` : text);
