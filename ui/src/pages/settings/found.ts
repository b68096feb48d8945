/** Which settings and rules a search finds: in any part of what they say, in any case. */
import type { Schemas } from '../../data';

type Section = Schemas['SettingsSection'];
type Rule = Schemas['BookRuleModel'];

const matches = (q: string, ...parts: readonly string[]): boolean => {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const text = parts.join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
};

/** Sections with what is found in them; `own`: only what somebody set. Sections of which nothing is left are gone. */
export function sectionsFound(sections: readonly Section[], q: string, own: boolean): Section[] {
  return sections
    .map((section) => ({
      ...section,
      settings: section.settings.filter((one) => (!own || one.source !== 'default') && matches(q, one.key, one.value, one.doc, one.environment, one.origin, section.section)),
    }))
    .filter((section) => section.settings.length > 0);
}

export const rulesFound = (rules: readonly Rule[], q: string): Rule[] =>
  rules.filter((rule) => matches(q, rule.name, rule.match, rule.kind, ...rule.prices.map((price) => `${price.priced} ${price.written}`)));
