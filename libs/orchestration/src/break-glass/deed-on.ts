import type { BreakGlass } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import type { Deed } from '../audit/record.js';

/** What can happen to a break-glass. */
export type BreakGlassDeed = 'open' | 'use' | 'end' | 'review' | 'unused' | 'overdue';

/** The entry of the audit trail about a break-glass. */
export function deedOn(
  { id, product, environment, openedBy }: BreakGlass,
  deed: BreakGlassDeed,
  detail: Readonly<Record<string, Json>>,
): Deed {
  return {
    action: `break_glass.${deed}`,
    subject: `break-glass/${id}`,
    detail: { service: product, environment, openedBy, ...detail },
  };
}
