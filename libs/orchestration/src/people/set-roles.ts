import { type HeldRoles, isReservedName, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { markAwaitingApproval } from '../approvals/mark-awaiting-approval.js';
import { record } from '../audit/record.js';
import { markOpenedBy } from '../break-glass/mark-opened-by.js';
import { checkName } from '../catalog/check-fields.js';
import type { Context } from '../context.js';
import type { PersonRecord } from '../ports/people-repository.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const MAX_GRANTS = 100;

export interface NewRoles extends HeldRoles {
  readonly name: string;
  readonly disabled: boolean;
  /** Absent = a person. */
  readonly machine?: boolean;
  /** By whose word they are, where an identity provider has said so at a login. */
  readonly vouched?: { readonly issuer: string; readonly subject: string };
  /** The version that the caller saw; absent = whatever is stored, or nothing. */
  readonly expectedVersion?: number;
}

/**
 * Says which roles a person has from now on; who was not known is known then. Nobody changes their
 * own roles: what one may do is another's to say, and so somebody who may say it is always left.
 */
export async function setRoles(
  context: Context,
  principal: Principal,
  input: NewRoles,
): Promise<Result<PersonRecord, Refusal>> {
  const bad = checkInput(principal, input);
  if (bad !== undefined) return err(bad);
  return context.store.transact(async (unit) => {
    const unknown = await checkEnvironments(unit, input);
    if (unknown !== undefined) return err(unknown);
    const stored = await unit.people.get(input.name);
    const version = stored?.version ?? 0;
    const { name, disabled, expectedVersion = version } = input;
    if (expectedVersion !== version) return err(changed(name, version));
    const { createdBy, createdAt } = stored ?? {
      ...{ createdBy: principal.name, createdAt: context.clock.now().toISOString() },
    };
    const machine = input.machine === true && { machine: true };
    const person: PersonRecord = {
      ...{ name, ...heldRoles(input), disabled, ...machine },
      ...{ createdBy, createdAt, version },
    };
    const { people } = unit;
    const written = await (stored === undefined ? people.insert(person) : people.save(person));
    if (!written.ok) return err(changed(name, version));
    await markAwaitingApproval(unit);
    await markOpenedBy(unit, name, context.clock.now());
    await record(context, unit, principal, {
      action: 'person.roles',
      subject: `person/${name}`,
      detail: {
        from: stored === undefined ? null : toJson(stored),
        to: toJson(written.value),
        ...input.vouched,
      },
    });
    return ok(written.value);
  });
}

function checkInput(principal: Principal, { name, grants }: NewRoles): Refusal | undefined {
  const bad = checkName('name', name, 'person');
  if (bad !== undefined) return bad;
  if (isReservedName(name)) {
    const detail = `${name} is a name that the hub itself acts under; choose another`;
    return refusal('catalog/invalid_field', detail, { field: 'name' });
  }
  if (grants.length > MAX_GRANTS) {
    const detail = `grants has ${grants.length} entries; accepted are at most ${MAX_GRANTS}, one for each environment`;
    return refusal('catalog/invalid_field', detail, { field: 'grants' });
  }
  if (principal.kind === 'engine' || principal.name !== name) return undefined;
  const detail = `${name} cannot change the roles of ${name}; ask somebody else who may`;
  return refusal('people/own_roles', detail, { field: 'name' });
}

async function checkEnvironments(
  unit: UnitOfWork,
  { grants }: NewRoles,
): Promise<Refusal | undefined> {
  const names = grants.map(({ environment }) => environment);
  const known = new Set((await unit.environments.getMany(names)).map(({ name }) => name));
  const at = names.findIndex((name, index) => !known.has(name) || names.indexOf(name) !== index);
  const name = names[at];
  if (name === undefined) return undefined;
  const field = `grants[${at}].environment`;
  return known.has(name)
    ? refusal('catalog/invalid_field', `${field}: ${name} is there twice; name it once`, { field })
    : refusal(
        'catalog/environment_not_found',
        `${field}: there is no environment ${JSON.stringify(name)}; GET /api/v1/environments lists them`,
        { field },
      );
}

/** Each role once, in the order in which it was named. */
function heldRoles({ roles, grants }: HeldRoles): HeldRoles {
  return {
    roles: [...new Set(roles)],
    grants: grants.map((grant) => ({
      environment: grant.environment,
      roles: [...new Set(grant.roles)],
    })),
  };
}

function toJson({ roles, grants, disabled, machine }: PersonRecord) {
  return {
    roles,
    grants: grants.map((grant) => ({ environment: grant.environment, roles: grant.roles })),
    disabled,
    ...(machine === true && { machine }),
  };
}

function changed(name: string, version: number): Refusal {
  return refusal(
    'catalog/version_conflict',
    `person ${name} is at version ${version} or newer now; read it again and repeat the change`,
    { field: 'If-Match', data: { version } },
  );
}
