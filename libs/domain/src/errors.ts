import type { Json } from '@apollo-deploy/kernel';

/** Every way in which the product says no. The hub's HTTP edge gives each a status. */
export const REFUSAL_CODES = [
  'catalog/environment_not_found',
  'catalog/product_not_found',
  'catalog/release_not_found',
  'catalog/spoke_not_found',
  'catalog/entity_not_found',
  'catalog/chart_not_found',
  'catalog/already_exists',
  'catalog/invalid_field',
  'catalog/invalid_chart',
  'catalog/chart_too_large',
  'catalog/entity_moved',
  'catalog/release_name_taken',
  'catalog/version_conflict',
  'constraint/not_found',
  'hold/not_found',
  'recall/not_found',
  'plan/not_found',
  'plan/illegal_transition',
  'plan/not_ready',
  'plan/version_conflict',
  'spoke/unauthenticated',
  'spoke/superseded',
  'spoke/revoked',
  'spoke/other_cluster',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** An expected no: which rule, in a sentence that says what to do, with data for machines. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
  /** The input field at fault, in the request's own spelling. */
  readonly field?: string;
  readonly data?: Readonly<Record<string, Json>>;
}

export function refusal(
  code: RefusalCode,
  detail: string,
  more: Pick<Refusal, 'field' | 'data'> = {},
): Refusal {
  return { code, detail, ...more };
}
