import type { PlanType } from '../plan.js';
import { configUpdate } from './config-update.js';
import { install } from './install.js';
import type { PlanTypeRule } from './plan-type-rule.js';
import { rollback } from './rollback.js';
import { uninstall } from './uninstall.js';
import { upgrade } from './upgrade.js';

/** Every plan type with the rule that proposes it. */
export const PLAN_TYPE_RULES = {
  install,
  upgrade,
  rollback,
  uninstall,
  config_update: configUpdate,
} as const satisfies Record<PlanType, PlanTypeRule>;
