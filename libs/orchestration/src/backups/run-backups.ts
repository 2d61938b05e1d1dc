import type { BackupRecord, Entity, Refusal } from '@apollo-deploy/domain';
import { err, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { Store } from '../ports/store.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { BackupProvider } from './backup-provider.js';

/** How many backups one turn makes. */
const TURN = 20;

/** A backup that was asked for, and what it is of; absent: that is gone. */
export interface WantedBackup {
  readonly request: BackupRecord;
  readonly entity?: Entity;
}

/**
 * Makes the backups that were asked for, whoever asked, and looks at their entities again. One that a
 * crash cut off is made again. Answers how many there were.
 */
export async function runBackups(context: Context, provider: BackupProvider): Promise<number> {
  const wanted = await context.store.transact((unit) => wantedBackups(unit, TURN));
  for (const one of wanted) {
    await makeBackup(context, provider, one, (work) => context.store.transact(work));
  }
  return wanted.length;
}

/** Some of those that were asked for and are not made, at most `limit`. */
export async function wantedBackups(
  unit: UnitOfWork,
  limit: number,
): Promise<readonly WantedBackup[]> {
  const requested = await unit.backups.requested(limit);
  if (requested.length === 0) return [];
  const names = requested.map(({ entity }) => entity);
  const byName = new Map((await unit.entities.getMany(names)).map((each) => [each.name, each]));
  return requested.map((request) => {
    const entity = byName.get(request.entity);
    return { request, ...(entity !== undefined && { entity }) };
  });
}

/** Makes one backup, and keeps by `transact` what became of it. */
export async function makeBackup(
  context: Context,
  provider: BackupProvider,
  wanted: WantedBackup,
  transact: Store['transact'],
): Promise<void> {
  const taken = await take(context, provider, wanted);
  const { detail: _, ...request } = wanted.request;
  await transact(async (unit) => {
    await unit.backups.put({
      ...{ ...request, by: provider.name, covers: provider.covers },
      at: context.clock.now().toISOString(),
      ...(taken.ok
        ? { ...taken.value, status: 'done' }
        : { status: 'failed', detail: taken.error.detail }),
    });
    await unit.dirty.mark([request.entity]);
    await record(context, unit, ENGINE, {
      action: taken.ok ? 'backup.done' : 'backup.fail',
      subject: `entity/${request.entity}`,
      detail: {
        ...{ releaseDigest: request.releaseDigest, by: provider.name },
        ...(!taken.ok && { error: taken.error.detail }),
      },
    });
  });
}

async function take(
  context: Context,
  provider: BackupProvider,
  { request, entity }: WantedBackup,
): Promise<Result<Pick<BackupRecord, 'snapshot'>, Pick<Refusal, 'detail'>>> {
  if (entity === undefined) return err({ detail: `there is no entity ${request.entity} any more` });
  const { product: service, environment } = entity;
  return provider.take(context, { ...request, service, environment });
}
