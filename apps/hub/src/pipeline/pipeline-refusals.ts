import type { ProblemCode } from '../http/problem-table.js';

/** What any request for a deployment may be refused with, besides what every route refuses. */
const OF_EVERY_DEPLOYMENT = [
  'catalog/environment_not_found',
  'catalog/product_not_found',
  'catalog/release_not_found',
  'catalog/invalid_field',
  'catalog/already_exists',
  'deployment/no_spoke',
  'deployment/recalled',
] as const satisfies readonly ProblemCode[];

/** What each way to ask for a deployment refuses. */
export const PIPELINE_REFUSALS = {
  deploy: [
    ...OF_EVERY_DEPLOYMENT,
    'deployment/direct_to_production',
    'deployment/strategy_not_declared',
    'deployment/below_running',
    'deployment/in_progress',
  ],
  promote: [
    ...OF_EVERY_DEPLOYMENT,
    'promotion/invalid_path',
    'promotion/source_not_healthy',
    'promotion/below_hotfix',
    'deployment/strategy_not_declared',
  ],
  hotfix: [
    ...OF_EVERY_DEPLOYMENT,
    'hotfix/reason',
    'hotfix/not_production',
    'hotfix/goes_past_nothing',
    'deployment/not_installed',
  ],
  rollback: [
    ...OF_EVERY_DEPLOYMENT,
    'rollback/no_previous',
    'rollback/not_back',
    'rollback/failed',
    'rollback/superseded',
    'rollback/outside_failed',
    'deployment/not_installed',
    'deployment/in_progress',
  ],
} as const satisfies Readonly<Record<string, readonly ProblemCode[]>>;
