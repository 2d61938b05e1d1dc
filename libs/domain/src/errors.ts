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
  'catalog/inline_secret',
  'catalog/invalid_chart',
  'catalog/chart_too_large',
  'catalog/entity_moved',
  'catalog/release_name_taken',
  'catalog/nothing_to_adopt',
  'catalog/version_conflict',
  'constraint/not_found',
  'hold/not_found',
  'recall/not_found',
  'break_glass/not_found',
  'break_glass/not_a_second_person',
  'break_glass/reviewed',
  'break_glass/over',
  'break_glass/not_backed',
  'break_glass/too_many_owed',
  'promotion/invalid_path',
  'promotion/source_not_healthy',
  'promotion/below_hotfix',
  'hotfix/reason',
  'hotfix/not_production',
  'rollback/no_previous',
  'rollback/not_back',
  'rollback/failed',
  'plan/not_found',
  'plan/illegal_transition',
  'plan/not_ready',
  'plan/not_signed',
  'plan/version_conflict',
  'approval/digest_mismatch',
  'approval/author',
  'approval/not_eligible',
  'approval/not_open',
  'approval/not_required',
  'approval/not_given',
  'approval/too_late',
  'approval/delegation_too_wide',
  'approval/too_many_delegations',
  'approval/delegation_not_found',
  'approval/rule_not_found',
  'deployment/not_found',
  'deployment/direct_to_production',
  'deployment/strategy_not_declared',
  'deployment/no_spoke',
  'deployment/in_progress',
  'people/not_found',
  'people/own_roles',
  'login/refused',
  'login/logout_used',
  'token/not_found',
  'token/too_many',
  'token/too_wide',
  'rollback/outside_failed',
  'notification/not_found',
  'notification/waiting',
  'notification/nobody_listens',
  'webhook/not_found',
  'webhook/too_many',
  'spoke/unauthenticated',
  'spoke/token_untimely',
  'spoke/token_used',
  'spoke/not_accepted',
  'spoke/not_joined',
  'spoke/other_key',
  'spoke/join_refused',
  'spoke/join_token_used',
  'spoke/superseded',
  'spoke/revoked',
  'spoke/other_cluster',
  'spoke/key_in_use',
  'keys/not_newer',
  'keys/not_signed',
  'keys/not_acceptable',
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
