import { describe, expect, it } from 'vitest';

import { paragraphs, pieces } from './prose';

const code = (text: string): string[] => pieces(text).filter((one) => one.code).map((one) => one.text);

describe('what is to be typed or looked for', () => {
  it('is flags, paths, metrics, settings and commands', () => {
    expect(code("let Prometheus scrape the kubelets' /metrics/cadvisor, and look in --metric-allowlist, --resources and metric_relabel_configs")).toEqual(['/metrics/cadvisor', '--metric-allowlist', '--resources', 'metric_relabel_configs']);
    expect(code('run it with --metric-labels-allowlist=pods=[*],nodes=[*]')[0]).toBe('--metric-labels-allowlist=pods=[*],nodes=[*]');
    expect(code('set honor_labels: true in the job')).toEqual(['honor_labels: true']);
    expect(code('run farthing backfill --window 2026-11-20,2026-11-21 while it lasts, or farthing up --strict and wait')).toEqual(['farthing backfill --window 2026-11-20,2026-11-21', 'farthing up --strict']);
    expect(code('ask `farthing doctor`, or run farthing backfill')).toEqual(['farthing doctor', 'farthing backfill']);
  });

  it('is nothing of plain words, and nothing is lost', () => {
    const text = 'mend or remove these rows; CPU and/or RAM since v2, 1/2 of them';
    expect(code(text)).toEqual([]);
    expect(pieces(text).map((one) => one.text).join('')).toBe(text);
  });
});

describe('a cure of several lines', () => {
  it('tells words from what is to be copied', () => {
    expect(paragraphs('add to the price book:\nrules:\n  - name: mine\n    cpu: 1\nand read it again')).toEqual([
      { text: 'add to the price book:', block: false },
      { text: 'rules:\n  - name: mine\n    cpu: 1', block: true },
      { text: 'and read it again', block: false },
    ]);
  });

  it('takes one line for words', () => {
    expect(paragraphs('cluster_label: set it')).toEqual([{ text: 'cluster_label: set it', block: false }]);
  });
});
