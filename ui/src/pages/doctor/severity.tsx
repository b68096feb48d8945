/** How grave a finding is: an icon, a word and what that means. */
import { CircleAlert, Info, TriangleAlert, type LucideIcon } from 'lucide-react';

import type { Schemas } from '../../data';

export type Severity = Schemas['FindingModel']['severity'];

export const SEVERITIES: Record<Severity, { word: string; many: string; doc: string; icon: LucideIcon; tone: string; tag: string }> = {
  error: { word: 'Error', many: 'Errors', doc: 'Numbers are wrong or missing', icon: CircleAlert, tone: 'text-up', tag: 'tag-bad' },
  warning: { word: 'Warning', many: 'Warnings', doc: 'Numbers rest on something assumed, or will be wrong soon', icon: TriangleAlert, tone: 'text-warn', tag: 'tag-warn' },
  info: { word: 'Worth to know', many: 'Worth to know', doc: 'Harmless here', icon: Info, tone: 'text-ink2', tag: '' },
};

export const ORDER: readonly Severity[] = ['error', 'warning', 'info'];
export const isSeverity = (text: string): text is Severity => text in SEVERITIES;
