import { isTokenText, PERMISSIONS, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result, sha256Hex } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { ApiTokenRecord } from '../ports/token-repository.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { authenticateToken } from './authenticate-token.js';
import { TOKEN_DAYS_MAX } from './issue-token.js';

/** The first person, who lets all others in. */
const ADMIN = 'admin';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes `admin` known to a hub that does not know them, and this token theirs for as long as a token
 * may live. Changes nothing where both are known, so that it may be asked for at every start. Refused
 * if the token has ended or is another's, or `admin` may not act: that was somebody's decision.
 */
export async function ensureAdmin(context: Context, text: string): Promise<Result<void, Refusal>> {
  if (!isTokenText(text)) {
    return err(refused('is no token of Apollo, or a part of it is lost'));
  }
  const hash = sha256Hex(text);
  await context.store.transact(async (unit) => {
    // Who comes second waits here for the first, and then finds the token.
    await makeAdmin(context, unit);
    if ((await unit.tokens.byHash(hash)) === undefined) await giveToken(context, unit, hash);
  });
  const holder = await authenticateToken(context, text);
  if (holder?.person.name === ADMIN) return ok(undefined);
  return err(refused(`has ended, is not that of ${ADMIN}, or ${ADMIN} may not act any more`));
}

async function makeAdmin(context: Context, unit: UnitOfWork): Promise<void> {
  const inserted = await unit.people.insert({
    ...{ name: ADMIN, roles: ['admin'], grants: [], disabled: false },
    ...{ createdBy: ENGINE.name, createdAt: context.clock.now().toISOString(), version: 1 },
  });
  if (!inserted.ok) return;
  await record(context, unit, ENGINE, {
    action: 'person.roles',
    subject: `person/${ADMIN}`,
    detail: { from: null, to: { roles: ['admin'], grants: [], disabled: false } },
  });
}

async function giveToken(context: Context, unit: UnitOfWork, hash: string): Promise<void> {
  const now = context.clock.now();
  const token: ApiTokenRecord = {
    ...{ id: context.ids.next(), name: 'the first token', owner: ADMIN, hash },
    ...{ scope: { permissions: PERMISSIONS }, createdBy: ENGINE.name },
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + TOKEN_DAYS_MAX * DAY_MS).toISOString(),
  };
  await unit.tokens.insert(token);
  const { id, name, expiresAt } = token;
  await record(context, unit, ENGINE, {
    action: 'token.issue',
    subject: `person/${ADMIN}`,
    detail: { issued: id, name, scopes: PERMISSIONS, environments: null, expiresAt },
  });
}

function refused(why: string): Refusal {
  return refusal('catalog/invalid_field', `the token ${why}; put a new one there`);
}
