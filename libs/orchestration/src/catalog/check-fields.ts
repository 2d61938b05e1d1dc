import {
  followsRule,
  NAME_RULES,
  parseRange,
  parseVersion,
  refusal,
  type Refusal,
} from '@apollo-deploy/domain';
import { shorten } from '@apollo-deploy/kernel';

/** Refuses a name that breaks its rule, naming the field and what is accepted. */
export function checkName(
  field: string,
  text: string,
  rule: keyof typeof NAME_RULES = 'name',
): Refusal | undefined {
  if (followsRule(text, NAME_RULES[rule])) return undefined;
  return refusal(
    'catalog/invalid_field',
    `${field} is ${JSON.stringify(shorten(text))}; accepted is ${NAME_RULES[rule].accepted}`,
    { field },
  );
}

/** Refuses what is not a SemVer version. */
export function checkVersion(field: string, text: string): Refusal | undefined {
  const parsed = parseVersion(text);
  if (parsed.ok) return undefined;
  return refusal(
    'catalog/invalid_field',
    `${field} is ${JSON.stringify(shorten(text))}; accepted is a SemVer version such as 1.4.2 or 2.0.0-rc.1`,
    { field },
  );
}

/** Refuses what is not a range of versions. */
export function checkRange(field: string, text: string): Refusal | undefined {
  const parsed = parseRange(text);
  if (parsed.ok) return undefined;
  return refusal('catalog/invalid_field', `${field}: ${parsed.error.detail}`, { field });
}

/** The first refusal among checks, in the order in which people fill in the fields. */
export function firstRefusal(checks: readonly (Refusal | undefined)[]): Refusal | undefined {
  return checks.find((check) => check !== undefined);
}
