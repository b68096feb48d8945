import { Link, useRouter } from '@tanstack/react-router';
import { Compass, TriangleAlert } from 'lucide-react';

import { Failed, Message } from '../components/states';
import { ApiError } from '../data';

export function NotFound() {
  return (
    <div className="flex h-full">
      <Message
        icon={<Compass size={22} />}
        title="There is no such page"
        action={
          <Link to="/" className="btn">
            To the overview
          </Link>
        }
      >
        The address may be of another version, or have a letter too many.
      </Message>
    </div>
  );
}

/** A fault of a page, or a page that could not be fetched: the others still work. */
export function PageFailed({ error }: { error: unknown }) {
  const router = useRouter();
  if (error instanceof ApiError) {
    return (
      <div className="flex h-full">
        <Failed error={error} retry={() => void router.invalidate()} what="This page" />
      </div>
    );
  }
  return (
    <div className="flex h-full" role="alert">
      <Message
        icon={<TriangleAlert size={22} />}
        title="This page failed"
        action={
          <button type="button" className="btn" onClick={() => window.location.reload()}>
            Load it again
          </button>
        }
      >
        <p>A fault of ours, not of your data: {error instanceof Error ? error.message : String(error)}</p>
      </Message>
    </div>
  );
}
