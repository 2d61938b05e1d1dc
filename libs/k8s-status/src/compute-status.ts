import { genericStatus } from './generic-status.js';
import { isTerminating, kindKey, type KindRule, type StatusContext } from './kind-rule.js';
import { KIND_RULES } from './kinds/index.js';
import { isFields } from './live-fields.js';
import { progressing, type ObjectStatus } from './object-status.js';

/**
 * The health of one live object as the API returned it, with its reason. `null` or `undefined` means
 * the API has no such object: `Missing`. Any shape gets an answer; nothing throws. First that applies:
 * being deleted, a rule of `context.rules`, the built-in rule of its kind, the generic conventions.
 */
export function computeStatus(object: unknown, context: StatusContext = {}): ObjectStatus {
  if (object === null || object === undefined) {
    return { health: 'Missing', reason: 'NotFound', message: 'does not exist in the cluster' };
  }
  if (!isFields(object) || typeof object['kind'] !== 'string') {
    return {
      health: 'Unknown',
      reason: 'NotAnObject',
      message: 'what the API returned has no kind; read the object again',
    };
  }
  if (isTerminating(object)) return progressing('Terminating', 'is being deleted');
  return ruleFor(kindKey(object), context)(object, context);
}

function ruleFor(key: string, context: StatusContext): KindRule {
  return ownRule(context.rules, key) ?? ownRule(KIND_RULES, key) ?? genericStatus;
}

/** Own members only: a kind may be called `constructor`. */
function ownRule(
  rules: Readonly<Record<string, KindRule>> | undefined,
  key: string,
): KindRule | undefined {
  return rules !== undefined && Object.hasOwn(rules, key) ? rules[key] : undefined;
}
