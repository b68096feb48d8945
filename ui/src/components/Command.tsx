/** A command line or a piece of YAML, to be copied. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';

export function Command({ children }: { children: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    // where a page may not write to the clipboard (no https) there is none: the text can still be marked
    if (!window.isSecureContext) return;
    void navigator.clipboard.writeText(children).then(() => {
      setCopied(true);
      window.setTimeout(() => setCopied(false), 1500);
    }, () => undefined);
  };
  return (
    <div className="group relative flex min-w-0 items-start rounded-md border border-line bg-sunk">
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
      <pre className="min-w-0 flex-1 overflow-x-auto px-3 py-2 font-mono text-[12px] leading-[18px] text-ink" tabIndex={0} role="group" aria-label="To copy">{children}</pre>
      {window.isSecureContext && <button type="button" className="btn btn-quiet m-1 h-7 shrink-0 px-2" onClick={copy} aria-label={copied ? 'Copied' : 'Copy'}>
        {copied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
      </button>}
    </div>
  );
}
