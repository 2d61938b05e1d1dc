import { type Environment, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { checkName, firstRefusal } from './check-fields.js';

export interface NewEnvironment {
  readonly name: string;
  readonly tier: Environment['tier'];
  /** Absent = the environment's name. */
  readonly channel?: string;
  readonly execution?: Environment['execution'];
  readonly rollbackOnFailure?: boolean;
  readonly maxConcurrent?: number;
}

/** Makes a stage that spokes can join. Refused if the name is taken. */
export async function createEnvironment(
  context: Context,
  principal: Principal,
  input: NewEnvironment,
): Promise<Result<Environment, Refusal>> {
  const channel = input.channel ?? input.name;
  const bad = firstRefusal([checkName('name', input.name), checkName('channel', channel)]);
  if (bad !== undefined) return err(bad);
  const environment: Environment = {
    name: input.name,
    tier: input.tier,
    channel,
    execution: input.execution ?? 'automatic',
    rollbackOnFailure: input.rollbackOnFailure ?? true,
    ...(input.maxConcurrent !== undefined && { maxConcurrent: input.maxConcurrent }),
    createdAt: context.clock.now().toISOString(),
    version: 1,
  };
  return context.store.transact(async (unit) => {
    const inserted = await unit.environments.insert(environment);
    if (!inserted.ok) {
      return err(
        refusal('catalog/already_exists', `environment ${input.name} exists already`, {
          field: 'name',
        }),
      );
    }
    await record(context, unit, principal, {
      action: 'environment.create',
      subject: `environment/${environment.name}`,
      detail: { tier: environment.tier, execution: environment.execution },
    });
    return inserted;
  });
}
