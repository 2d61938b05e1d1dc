import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result, sha256Hex } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import { checkName } from '../catalog/check-fields.js';
import { wakeLine } from '../catalog/wake-line.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { maxConcurrentOf } from '../spokes/max-concurrent.js';

/** A join token must be used within this many milliseconds. */
const USED_WITHIN_MS = 60 * 60 * 1000;

export interface JoinTokenRequest {
  readonly spoke: string;
  readonly environment: string;
  /** 256 random bits as text, made by the caller; kept only as SHA-256. */
  readonly token: string;
  /**
   * UID of the cluster's kube-system namespace. Given: only that cluster may use the token, and is
   * accepted at once. Absent: any cluster may, and a person accepts the spoke.
   */
  readonly clusterUid?: string;
  /** How many plans may execute on it at once; absent = as it was, for a new one the default. */
  readonly maxConcurrent?: number;
}

/**
 * Registers a spoke in an environment, if it is new, with a token by which it may join once within an
 * hour; tokens of before that nobody has used are of no use any more. A spoke that has joined stays as it
 * is until the token is used. A spoke never changes its environment.
 */
export async function issueJoinToken(
  context: Context,
  principal: Principal,
  request: JoinTokenRequest,
): Promise<Result<{ readonly expiresAt: string }, Refusal>> {
  const { spoke, environment, token, clusterUid } = request;
  const bad = checkName('spoke', spoke);
  if (bad !== undefined) return err(bad);
  const now = context.clock.now();
  const expiresAt = new Date(now.getTime() + USED_WITHIN_MS).toISOString();
  return context.store.transact(async (unit) => {
    const registered = await registerSpoke(unit, request, now);
    if (!registered.ok) return registered;
    const hash = sha256Hex(token);
    const createdAt = now.toISOString();
    const bound = { ...(clusterUid !== undefined && { clusterUid }) };
    const replaced = await unit.joinTokens.removeUnused(spoke);
    const inserted = await unit.joinTokens.insert({ hash, spoke, createdAt, expiresAt, ...bound });
    if (!inserted.ok) throw new InvariantViolation('the same join token was made twice');
    await record(context, unit, principal, {
      action: 'spoke.token',
      subject: `spoke/${spoke}`,
      detail: { environment, expiresAt, ...bound, ...(replaced > 0 && { replaced }) },
    });
    return ok({ expiresAt });
  });
}

/** The spoke as it stands, or a new one that has not joined. */
async function registerSpoke(
  unit: UnitOfWork,
  { spoke, environment, maxConcurrent }: JoinTokenRequest,
  now: Date,
): Promise<Result<void, Refusal>> {
  const limit = { ...(maxConcurrent !== undefined && { maxConcurrent }) };
  if ((await unit.environments.get(environment)) === undefined) {
    const detail = `environment ${JSON.stringify(environment)} does not exist; create it first (POST /api/v1/environments)`;
    return err(refusal('catalog/environment_not_found', detail, { field: 'environment' }));
  }
  const stored = await unit.spokes.lock(spoke);
  if (stored === undefined) {
    const inserted = await unit.spokes.insert({
      ...{ name: spoke, environment, ...limit },
      ...{ revoked: false, epoch: 0, connected: false, createdAt: now.toISOString() },
    });
    if (inserted.ok) return ok(undefined);
    const detail = `spoke ${spoke} was just registered; try again`;
    return err(refusal('catalog/already_exists', detail, { field: 'spoke' }));
  }
  if (stored.environment !== environment) {
    const detail = `spoke ${spoke} belongs to another environment than ${environment}; choose another name`;
    return err(refusal('catalog/already_exists', detail, { field: 'environment' }));
  }
  if (maxConcurrent !== undefined) await changeLimit(unit, { ...stored, maxConcurrent });
  return ok(undefined);
}

async function changeLimit(unit: UnitOfWork, spoke: SpokeRecord): Promise<void> {
  await unit.spokes.save(spoke);
  await wakeLine(unit, { spoke: spoke.name }, maxConcurrentOf(spoke));
}
