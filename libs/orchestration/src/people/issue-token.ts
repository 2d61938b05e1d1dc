import { isForPeopleOnly, refusal, type Refusal, type TokenScope } from '@apollo-deploy/domain';
import { err, ok, type Result, sha256Hex } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { PersonRecord } from '../ports/people-repository.js';
import type { Principal } from '../ports/principal.js';
import type { ApiTokenRecord } from '../ports/token-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const NAME_MAX = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
/** No token lives longer, in days. */
export const TOKEN_DAYS_MAX = 366;
/** So many of one owner may be usable at once. */
const TOKENS_MAX = 50;

export interface NewToken {
  /** Who acts by it: a name in `people`. */
  readonly owner: string;
  /** 1 to 100 characters: what it is for. */
  readonly name: string;
  readonly scope: TokenScope;
  /** In the future, at most `TOKEN_DAYS_MAX` days away. */
  readonly expiresAt: Date;
  /** The token, made by the caller; kept only as SHA-256. */
  readonly token: string;
  /**
   * People have a way in of their own, by which they make their tokens. Then nobody else makes a person
   * one: whoever holds it first could edit as that person, and approve that as who they are.
   */
  readonly peopleLogIn: boolean;
}

/**
 * Makes a token by which its owner acts, within the scope and never beyond what the owner may do at
 * that time. One that is asked for by means of another token gives no more than that, and no longer.
 */
export async function issueToken(
  context: Context,
  principal: Principal,
  input: NewToken,
): Promise<Result<ApiTokenRecord, Refusal>> {
  const now = context.clock.now();
  const bad = checkInput(input, now);
  if (bad !== undefined) return err(bad);
  const { owner, name, scope, expiresAt } = input;
  const token: ApiTokenRecord = {
    id: context.ids.next(),
    ...{ owner, name, scope },
    hash: sha256Hex(input.token),
    createdBy: principal.name,
    createdAt: now.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
  return context.store.transact(async (unit) => {
    const refused =
      (await checkOwner(unit, principal, token, input)) ??
      (await checkEnvironments(unit, scope)) ??
      (await checkWithin(unit, principal, token));
    if (refused !== undefined) return err(refused);
    await unit.tokens.insert(token);
    await record(context, unit, principal, {
      action: 'token.issue',
      subject: `person/${owner}`,
      detail: {
        issued: token.id,
        name,
        scopes: scope.permissions,
        environments: scope.environments ?? null,
        expiresAt: token.expiresAt,
      },
    });
    return ok(token);
  });
}

function checkInput({ name, scope, expiresAt }: NewToken, now: Date): Refusal | undefined {
  if (name.trim() === '' || name.length > NAME_MAX) {
    return invalid('name', `name: say in 1 to ${NAME_MAX} characters what the token is for`);
  }
  if (scope.permissions.length === 0) {
    return invalid('scopes', 'scopes is empty; a token for nothing is of no use');
  }
  const aheadMs = expiresAt.getTime() - now.getTime();
  if (aheadMs > 0 && aheadMs <= TOKEN_DAYS_MAX * DAY_MS) return undefined;
  return invalid(
    'expiresAt',
    `expiresAt: accepted is an instant in the future, at most ${TOKEN_DAYS_MAX} days away`,
  );
}

async function checkOwner(
  unit: UnitOfWork,
  principal: Principal,
  { owner, createdAt, scope }: ApiTokenRecord,
  { peopleLogIn }: Pick<NewToken, 'peopleLogIn'>,
): Promise<Refusal | undefined> {
  // What is counted below stays so until the token is kept.
  const person = await unit.people.lock(owner);
  if (person === undefined || person.disabled) return personNotFound(owner);
  const refused =
    peopleLogIn && principal.name !== owner ? checkForAnother(person, scope) : undefined;
  if (refused !== undefined) return refused;
  const usable = await unit.tokens.countUsable(owner, createdAt);
  if (usable < TOKENS_MAX) return undefined;
  return refusal(
    'token/too_many',
    `${owner} has ${usable} tokens; revoke those that are not used any more (GET /api/v1/tokens)`,
    { data: { usable } },
  );
}

/** For a machine, but nothing that takes a person: it may be called one later. */
function checkForAnother(
  { name, machine = false }: PersonRecord,
  { permissions }: TokenScope,
): Refusal | undefined {
  if (!machine) {
    const detail = `${name} is a person, and can log in and make tokens (POST /api/v1/tokens): let ${name} do that; for what acts by itself make a machine's`;
    return refusal('token/too_wide', detail);
  }
  const ofPeople = permissions.filter(isForPeopleOnly);
  if (ofPeople.length === 0) return undefined;
  const detail = `${name} is a machine, and none may ${ofPeople.join(', ')}; leave that out of scopes`;
  return refusal('token/too_wide', detail, { field: 'scopes' });
}

async function checkEnvironments(
  unit: UnitOfWork,
  { environments = [] }: TokenScope,
): Promise<Refusal | undefined> {
  const known = await unit.environments.getMany(environments);
  const names = new Set(known.map(({ name }) => name));
  const unknown = environments.find((name) => !names.has(name));
  if (unknown === undefined) return undefined;
  return refusal(
    'catalog/environment_not_found',
    `there is no environment ${JSON.stringify(unknown)}; GET /api/v1/environments lists them`,
    { field: 'environments' },
  );
}

/** What a token asks for is within that token: it is not the way to a wider one, or a later end. */
async function checkWithin(
  unit: UnitOfWork,
  principal: Principal,
  wanted: ApiTokenRecord,
): Promise<Refusal | undefined> {
  if (principal.token === undefined) return undefined;
  const asking = await unit.tokens.get(principal.token);
  if (asking === undefined) return invalid('Authorization', 'the token is gone; log in again');
  const { permissions, environments } = asking.scope;
  const wider = wanted.scope.permissions.filter((one) => !permissions.includes(one));
  if (wider.length > 0) {
    return tooWide('scopes', `is not for ${wider.join(', ')}`);
  }
  const within = wanted.scope.environments?.every((name) => environments?.includes(name) ?? true);
  if (environments !== undefined && within !== true) {
    return tooWide('environments', `is for ${environments.join(', ')} only`);
  }
  return Date.parse(wanted.expiresAt) > Date.parse(asking.expiresAt)
    ? tooWide('expiresAt', `ends at ${asking.expiresAt}`)
    : undefined;
}

function tooWide(field: string, why: string): Refusal {
  const detail = `the token that asks ${why}, and cannot make one that goes further; ask for less, or use other credentials`;
  return refusal('token/too_wide', detail, { field });
}

function invalid(field: string, detail: string): Refusal {
  return refusal('catalog/invalid_field', detail, { field });
}

export function personNotFound(name: string): Refusal {
  return refusal(
    'people/not_found',
    `there is no person ${JSON.stringify(name)} who may act here; GET /api/v1/people lists them`,
  );
}
