/** Files of what is shown: every row, unrounded, written by the server; and the chart as a picture. */
import { Download } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';

import { ApiError, file, type Parameters } from '../../data';
import { chartPicture } from './picture';

const TITLES: Record<string, string> = { csv: 'CSV', json: 'JSON', parquet: 'Parquet', arrow: 'Arrow' };

export function Export({ parameters, formats }: { parameters: Parameters; formats: readonly string[] }) {
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async (name: string, made: () => Promise<Blob>): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      download(await made(), name);
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : String(error));
    }
    setBusy(false);
  };
  // The file has no pages, and compares with nothing.
  const question: Parameters = { ...parameters, compare: undefined, stack: undefined, step: undefined };
  const inSteps = { ...question, step: parameters['step'] === 'auto' ? 'day' : parameters['step'] };
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="btn" disabled={busy}>
          <Download size={13} aria-hidden="true" /> {busy ? 'Writing…' : 'Export'}
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="pop min-w-52" align="end" sideOffset={4} collisionPadding={8}>
            <DropdownMenu.Label className="caption">Every row, unrounded</DropdownMenu.Label>
            {formats.map((format) => (
              <DropdownMenu.Item key={format} className="item" onSelect={() => void save(`allocations.${format}`, () => file('/allocation/export', { ...question, format }))}>
                {TITLES[format] ?? format} <span className="hint">the window</span>
              </DropdownMenu.Item>
            ))}
            <DropdownMenu.Item className="item" onSelect={() => void save('allocations-steps.csv', () => file('/allocation/export', { ...inSteps, format: 'csv' }))}>
              CSV <span className="hint">step by step</span>
            </DropdownMenu.Item>
            <DropdownMenu.Item className="item" onSelect={() => void save('allocations.png', chartPicture)}>
              PNG <span className="hint">the chart</span>
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {problem && (
        <span role="alert" className="text-sm text-up">
          Not exported: {problem}
        </span>
      )}
    </>
  );
}

function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
