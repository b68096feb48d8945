/** Finds rows by a part of their name. `/` comes here; what is typed goes on after a moment's rest, and Escape takes it back. */
import { Search as SearchIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

const REST_MS = 220;

export function Find({ what, value, onFind }: { what: string; value: string; onFind: (text: string) => void }) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  const find = useRef(onFind);
  useEffect(() => {
    find.current = onFind;
  }, [onFind]);
  if (told !== value) {
    // Changed from elsewhere: Back, a drill, a saved view.
    setTold(value);
    setText(value);
  }
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => find.current(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <label className="relative block w-60 max-w-full">
      <span className="sr-only">Find {what}</span>
      <SearchIcon size={13} aria-hidden="true" className="pointer-events-none absolute top-[9px] left-2.5 text-ink3" />
      <input
        data-find
        className="field w-full bg-sunk pl-8"
        placeholder={`Find ${what}…  /`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
        }}
      />
    </label>
  );
}
