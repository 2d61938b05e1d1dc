import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';
import type { Person } from './approval.js';
import { type ApprovalSubject, type PlanSelector, selects } from './plan-selector.js';

/** One person's roles lent to another, for some plans and some time. */
export interface Delegation {
  readonly giver: string;
  readonly to: string;
  readonly roles: readonly string[];
  readonly scope: PlanSelector;
  /** In force from here, RFC 3339; */
  readonly from: string;
  /** up to here, not included. */
  readonly until: string;
  readonly givenAt: string;
}

/** Checks a delegation as it is given: nobody lends what is not theirs, to themselves, or for no time. */
export function checkDelegation(
  delegation: Delegation,
  giver: Person,
): Result<Delegation, Refusal> {
  const lent = delegation.roles.filter((role) => !giver.roles.includes(role));
  if (lent.length > 0) {
    return err(
      refusal(
        'approval/delegation_too_wide',
        `${giver.name} does not have ${lent.join(', ')} and cannot lend it; roles that somebody lent are not lent on. Lend ${orNothing(giver.roles)}`,
        { field: 'roles', data: { roles: lent } },
      ),
    );
  }
  if (delegation.to === delegation.giver) {
    const detail = `${giver.name} has these roles already; name the person who is to stand in`;
    return err(refusal('catalog/invalid_field', detail, { field: 'to' }));
  }
  if (Date.parse(delegation.until) <= Date.parse(delegation.from)) {
    const detail = 'until is not after from; a delegation ends, so give a later instant';
    return err(refusal('catalog/invalid_field', detail, { field: 'until' }));
  }
  return ok(delegation);
}

/** What has been lent for a plan, and by whom: by the name of the person to whom. */
export type LentRoles = ReadonlyMap<string, readonly Lent[]>;
export interface Lent {
  readonly giver: string;
  readonly roles: readonly string[];
}

/**
 * The roles that are lent for a plan at an instant. Never wider than the giver: only roles that the giver
 * has now, only to the one person named last, and nothing of somebody in `silent`, who may not speak
 * here or has spoken already.
 */
export function lentRoles(
  { delegations, people }: DelegationFacts,
  { plan, now }: { readonly plan: ApprovalSubject; readonly now: Date },
  silent: (giver: string) => boolean,
): LentRoles {
  const latest = new Map<string, Delegation>();
  for (const delegation of delegations) {
    if (!isInForce(delegation, now) || !selects(delegation.scope, plan)) continue;
    const known = latest.get(delegation.giver);
    if (known === undefined || isLater(delegation, known)) {
      latest.set(delegation.giver, delegation);
    }
  }
  const own = new Map(people.map(({ name, roles }) => [name, roles]));
  const lent = new Map<string, Lent[]>();
  for (const { giver, to, roles } of latest.values()) {
    const held = roles.filter((role) => own.get(giver)?.includes(role) === true);
    if (held.length === 0 || silent(giver)) continue;
    lent.set(to, [...(lent.get(to) ?? []), { giver, roles: held }]);
  }
  return lent;
}

export interface DelegationFacts {
  readonly delegations: readonly Delegation[];
  readonly people: readonly Person[];
}

function isInForce({ from, until }: Delegation, now: Date): boolean {
  return Date.parse(from) <= now.getTime() && now.getTime() < Date.parse(until);
}

function isLater(one: Delegation, other: Delegation): boolean {
  const [given, before] = [Date.parse(one.givenAt), Date.parse(other.givenAt)];
  return given === before ? one.to < other.to : given > before;
}

function orNothing(roles: readonly string[]): string {
  return roles.length === 0 ? 'nothing' : `only ${roles.join(', ')}`;
}
