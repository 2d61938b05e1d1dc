import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result, sha256Hex } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { maxConcurrentOf } from '../spokes/max-concurrent.js';
import { checkName } from './check-fields.js';
import { wakeLine } from './wake-line.js';

/** A token must be used for the first time within this many milliseconds. */
const FIRST_USE_WITHIN_MS = 60 * 60 * 1000;

export interface SpokeTokenRequest {
  readonly spoke: string;
  readonly environment: string;
  /** 256 random bits as text, made by the caller; kept only as SHA-256. */
  readonly token: string;
  /** How many plans may execute on it at once; absent = as it was, for a new one the default. */
  readonly maxConcurrent?: number;
}

/**
 * Registers a spoke in an environment with the token it will authenticate with. For a spoke that
 * exists, the new token replaces the old one, and open sessions of the old one end. A spoke never
 * changes its environment.
 */
export async function issueSpokeToken(
  context: Context,
  principal: Principal,
  { spoke, environment, token, maxConcurrent }: SpokeTokenRequest,
): Promise<Result<{ readonly expiresAt: string }, Refusal>> {
  const bad = checkName('spoke', spoke);
  if (bad !== undefined) return err(bad);
  const now = context.clock.now();
  const expiresAt = new Date(now.getTime() + FIRST_USE_WITHIN_MS).toISOString();
  const credential = {
    tokenHash: sha256Hex(token),
    tokenExpiresAt: expiresAt,
    tokenUsed: false,
    ...(maxConcurrent !== undefined && { maxConcurrent }),
  };
  return context.store.transact(async (unit) => {
    if ((await unit.environments.get(environment)) === undefined) {
      return err(
        refusal(
          'catalog/environment_not_found',
          `environment ${JSON.stringify(environment)} does not exist; create it first (POST /api/v1/environments)`,
          { field: 'environment' },
        ),
      );
    }
    const stored = await unit.spokes.lock(spoke);
    if (stored !== undefined && stored.environment !== environment) {
      return err(
        refusal(
          'catalog/already_exists',
          `spoke ${spoke} belongs to environment ${stored.environment}; choose another name`,
          { field: 'environment' },
        ),
      );
    }
    if (stored === undefined) {
      const inserted = await unit.spokes.insert({
        name: spoke,
        environment,
        ...credential,
        revoked: false,
        epoch: 0,
        connected: false,
        createdAt: now.toISOString(),
      });
      if (!inserted.ok) {
        return err(
          refusal('catalog/already_exists', `spoke ${spoke} was just registered; try again`, {
            field: 'spoke',
          }),
        );
      }
    } else {
      // Whoever comes with the new token may come from another cluster.
      const { hello: _, stateAt: __, stateGeneration: ___, ...rest } = stored;
      await unit.spokes.save({
        ...rest,
        ...credential,
        epoch: stored.epoch + 1,
        connected: false,
      });
      await wakeLine(unit, { spoke }, maxConcurrentOf({ ...rest, ...credential }));
    }
    await record(context, unit, principal, {
      action: 'spoke.token',
      subject: `spoke/${spoke}`,
      detail: { environment, expiresAt },
    });
    return ok({ expiresAt });
  });
}
