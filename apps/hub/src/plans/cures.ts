import type { Violation, ViolationCode } from '@apollo-deploy/domain';

/**
 * What can be done about each violation that the constraints know; `{hold}` stands for the field `hold` of its data.
 */
const CURES = {
  spoke_ready:
    'look after the spoke in its cluster; if it was never connected, give it a token (POST /api/v1/join-tokens)',
  concurrency:
    'wait for one of the plans that execute (GET /api/v1/plans?state=EXECUTING): those that stand in line go by age; or raise the limit (PUT /api/v1/environments/{environment}/limit, and so for products and spokes)',
  dependency_missing:
    'install what it needs in this environment (PUT /api/v1/entities/{name}), or register a release that does not need it',
  dependency_version:
    'bring what it needs into that range, or register a release whose range allows what runs',
  dependency_unhealthy:
    'bring what it needs back to health; GET /api/v1/entities/{entity}/expected-state shows what is wrong with it',
  dependency_cycle: 'register a release of one of the two that declares the other optional',
  dependency_deadlock:
    'register a release of one of the two with a range that allows both versions of the other',
  dependent_range:
    'first bring what depends on it to a release whose range allows this version, newer or older, or take it down (PUT /api/v1/entities/{entity} with desired {"absent": true})',
  dependent_needs_it: 'uninstall what depends on it first',
  health:
    'bring another release or other values, or ask for another try (POST /api/v1/evaluations with force)',
  adoption:
    'look at what is installed (GET /api/v1/entities/{entity}), then let a plan take it over (PUT /api/v1/entities/{entity}/adoption)',
  settling:
    'wait: if what runs stays Healthy the plan is withdrawn, else it is tried after its back-off',
  promoted:
    'let the same chart succeed and be Healthy first where a promotion path leads from (GET /rules lists them)',
  soak: 'wait, and keep it Healthy where it soaks; or remove the rule (GET /api/v1/constraints?kind=soak, DELETE /api/v1/constraints/{id})',
  backup:
    'it is made by itself when nothing else holds the plan; if it failed, its message says why, and it is tried again',
  maintenance_window:
    'wait until it opens, or change the windows (GET /api/v1/schedules, DELETE /api/v1/schedules/{schedule})',
  window_too_short:
    'wait for an opening that is long enough, or change mustFitMinutes of the windows (GET /api/v1/constraints?kind=maintenance_window)',
  suppression_window:
    'wait until it ends, or lift it (GET /api/v1/suppressions, DELETE /api/v1/suppressions/{id})',
  rule: 'do what its message says, or remove the rule (GET /api/v1/constraints?kind=rule, DELETE /api/v1/constraints/{id})',
  automatic_suppression:
    'change the version or the values, or mend the cause and lift it (DELETE /api/v1/suppressions/{suppression}) or evaluate with force (POST /api/v1/evaluations)',
  environment_breaker:
    'mend what they have in common, then lift what is suppressed (GET /api/v1/suppressions, DELETE /api/v1/suppressions/{id})',
  hold: 'lift the hold (GET /api/v1/holds, DELETE /api/v1/holds/{hold})',
  recall:
    'desire a release that is not recalled, or withdraw the recall (GET /api/v1/recalls, DELETE /api/v1/recalls/{recall}); a rollback is given up by an evaluation with force (POST /api/v1/evaluations)',
  break_glass_debt:
    'let a second person who may do so review the break-glass (GET /api/v1/break-glass/{breakGlass}, POST /api/v1/break-glass/{breakGlass}/review)',
  wave: 'wait: it goes once that does well again; if it does not, deployment {deployment} ends, and nothing goes out here',
  approval:
    'let those whom its message names look at it and approve its digest (POST /api/v1/plans/{id}/approve), or reject it (POST /api/v1/plans/{id}/reject)',
  gate_unsatisfiable:
    'give somebody who is no author of it the role that its message names (PUT /api/v1/people/{person}/roles), or change the rule (PUT /api/v1/approval-rules/{rule})',
  no_approval_rule:
    'add a rule that says who must agree to such plans (POST /api/v1/approval-rules)',
  constraint_unreadable:
    'bring the hub to the version that wrote the constraint, or remove it and add it anew (GET /api/v1/constraints/{constraint}, DELETE /api/v1/constraints/{constraint})',
  constraint_failed:
    "report the bug with the hub's log; if the constraint is a stored one, removing it lets the plan go (GET /api/v1/constraints, DELETE /api/v1/constraints/{id})",
} as const satisfies Record<ViolationCode, string>;

const OUTDATED = 'look again in a moment, or evaluate now (POST /api/v1/evaluations)';
const NOT_SIGNED =
  'wait if another replica has the keys: it sends the plan by itself; else start one with them (APOLLO_SIGNING_KEY_FILE), or sign the next key set (POST /api/v1/key-sets); GET /api/v1/spokes/{spoke} shows which the spoke goes by';
const UNHEARD_OF = 'do what the message says; the plan is looked at again when anything changes';

const NEVER_OPEN =
  'change the windows or suppressions: no opening was found to wait for (GET /api/v1/constraints, PUT or DELETE /api/v1/constraints/{id})';

/** What a person can do about a violation; a code of a kind that was added later has a general one. */
export function cureOf(code: string, data: Violation['data'] = {}): string {
  if (code === 'outdated') return OUTDATED;
  if (code === 'not_signed') return naming(NOT_SIGNED, data);
  if (isWindow(code) && data['nextOpen'] === null) return NEVER_OPEN;
  return isKnown(code) ? naming(CURES[code], data) : UNHEARD_OF;
}

/** A cure with what it is about in the place of its `{names}`, so that it can be typed as it stands. */
export function naming(cure: string, data: Violation['data']): string {
  return cure.replaceAll(/\{(\w+)\}/g, (placeholder, field: string) => {
    const value = Object.hasOwn(data, field) ? data[field] : undefined;
    return typeof value === 'string' ? encodeURIComponent(value) : placeholder;
  });
}

function isWindow(code: string): boolean {
  return code === 'maintenance_window' || code === 'window_too_short';
}

function isKnown(code: string): code is ViolationCode {
  return Object.hasOwn(CURES, code);
}
