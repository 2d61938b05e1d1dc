import type { PlanType } from '../plans/plan.js';
import type { ApprovalRule } from './approval-rule.js';

/** All but the way back, which nobody has to be asked for unless a rule names it. */
const ORDINARY_TYPES: readonly PlanType[] = ['install', 'upgrade', 'uninstall', 'config_update'];
const VALID_HOURS = 24;

const DEMAND = { planTypes: ORDINARY_TYPES, ttlHours: VALID_HOURS, level: 1, allowAuthor: false };
const VP = { ...DEMAND, criticality: 'critical', requiredRoles: ['vp-engineering'] } as const;

/**
 * The rules of a hub that nobody has given others: production waits for an sre, and what is critical
 * waits for vp-engineering too, in staging as well. Nobody is asked about development.
 */
export const DEFAULT_APPROVAL_RULES: readonly ApprovalRule[] = [
  { ...DEMAND, name: 'production', tier: 'production', requiredRoles: ['sre'] },
  { ...VP, name: 'critical-production', tier: 'production' },
  { ...VP, name: 'critical-staging', tier: 'staging' },
];
