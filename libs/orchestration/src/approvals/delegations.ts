import {
  checkDelegation,
  type Delegation,
  type Person,
  refusal,
  type Refusal,
  rolesAnywhere,
  rolesIn,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import { checkScope } from '../constraints/lock-scope.js';
import type { Context } from '../context.js';
import type { DelegationRecord } from '../ports/approval-repositories.js';
import type { PersonRecord } from '../ports/people-repository.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { scopeOf } from './scope-of.js';
import { mayAgree } from './load-people.js';
import { markAwaitingApproval } from './mark-awaiting-approval.js';

/** So many of one giver may be in force or to come: every plan that waits for people is judged by all. */
const MOST_LENT = 50;

/** Roles that the caller lends; `from` absent = from now on. */
export interface NewDelegation extends Pick<Delegation, 'to' | 'roles' | 'scope' | 'until'> {
  /** RFC 3339. */
  readonly from?: string;
}

/**
 * Lends roles of the caller's to somebody, for some plans and some time. Refused with
 * `approval/delegation_too_wide` where the caller does not have them there, `catalog/invalid_field`
 * where they are nobody's, nobody's time or the caller's own, `approval/too_many_delegations`.
 */
export async function lendRoles(
  context: Context,
  principal: Principal,
  { from, ...rest }: NewDelegation,
): Promise<Result<DelegationRecord, Refusal>> {
  const now = context.clock.now().toISOString();
  const giver = principal.name;
  const delegation = { ...rest, giver, from: from ?? now, givenAt: now, id: context.ids.next() };
  return context.store.transact(async (unit) => {
    // What the giver has lent is counted below, and stays so until this is kept.
    const person = await unit.people.lock(giver);
    const missing = await checkScope(unit, scopeOf(delegation.scope));
    if (missing !== undefined) return err(missing);
    const unknown = await checkReceiver(unit, delegation.to);
    if (unknown !== undefined) return err(unknown);
    const checked = checkDelegation(delegation, giverOf(person, delegation));
    if (!checked.ok) return checked;
    if (Date.parse(delegation.until) <= Date.parse(now)) {
      const detail = `until is ${delegation.until}, which is past (it is ${now}); accepted is a later instant`;
      return err(refusal('catalog/invalid_field', detail, { field: 'until' }));
    }
    const tooMany = await refuseToLendMore(unit, giver, now);
    if (tooMany !== undefined) return err(tooMany);
    await unit.delegations.insert(delegation);
    await markAwaitingApproval(unit);
    await record(context, unit, principal, {
      action: 'delegation.give',
      subject: `delegation/${delegation.id}`,
      detail: {
        ...{ to: delegation.to, roles: delegation.roles, scope: { ...delegation.scope } },
        ...{ from: delegation.from, until: delegation.until },
      },
    });
    return ok(delegation);
  });
}

/** Takes back what somebody lent, before its time; who may is for the caller to know. */
export async function takeRolesBack(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<DelegationRecord, Refusal>> {
  return context.store.transact(async (unit) => {
    const delegation = await unit.delegations.get(id);
    if (delegation === undefined || !(await unit.delegations.remove(id))) {
      const detail = `there is no delegation ${JSON.stringify(id)}; it may have been taken back already`;
      return err(refusal('approval/delegation_not_found', detail));
    }
    await markAwaitingApproval(unit);
    await record(context, unit, principal, {
      action: 'delegation.end',
      subject: `delegation/${id}`,
      detail: { giver: delegation.giver, to: delegation.to, roles: delegation.roles },
    });
    return ok(delegation);
  });
}

async function checkReceiver(unit: UnitOfWork, name: string): Promise<Refusal | undefined> {
  const person = await unit.people.get(name);
  if (person !== undefined && mayAgree(person)) return undefined;
  const detail = `there is nobody called ${JSON.stringify(name)} who could act here; GET /api/v1/people lists the people`;
  return refusal('catalog/invalid_field', detail, { field: 'to' });
}

async function refuseToLendMore(
  unit: UnitOfWork,
  giver: string,
  now: string,
): Promise<Refusal | undefined> {
  const lent = (await unit.delegations.endingAfter(now)).filter((one) => one.giver === giver);
  if (lent.length < MOST_LENT) return undefined;
  const detail = `${giver} has lent roles ${String(lent.length)} times that have not ended, and accepted are at most ${String(MOST_LENT)}; take back what is not needed any more (GET /api/v1/delegations, DELETE /api/v1/delegations/{id})`;
  return refusal('approval/too_many_delegations', detail, { data: { most: MOST_LENT } });
}

/** The caller with the roles that count where the delegation does. */
function giverOf(person: PersonRecord | undefined, { giver, scope }: Delegation): Person {
  if (person === undefined || !mayAgree(person)) return { name: giver, roles: [] };
  const { environment } = scope;
  const roles = environment === undefined ? rolesAnywhere(person) : rolesIn(person, environment);
  return { name: giver, roles };
}
