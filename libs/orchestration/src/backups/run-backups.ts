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

/**
 * Whoever makes a backup is asked again where nobody has heard an answer for so long, as the hub that asked
 * may have ended: half as long again as they may take, in milliseconds.
 */
export const ASKED_AGAIN_MS = 45_000;

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
  const wanted = await context.store.transact((unit) => wantedBackups(context, unit, TURN));
  for (const one of wanted) {
    await makeBackup(context, provider, one, (work) => context.store.transact(work));
  }
  return wanted.length;
}

/** Some of those that are wanted and that nobody is being asked for, at most `limit`. */
export async function wantedBackups(
  { clock }: Pick<Context, 'clock'>,
  unit: UnitOfWork,
  limit: number,
): Promise<readonly WantedBackup[]> {
  const unheardSince = new Date(clock.now().getTime() - ASKED_AGAIN_MS).toISOString();
  const requested = await unit.backups.requested(limit, unheardSince);
  if (requested.length === 0) return [];
  const names = requested.map(({ entity }) => entity);
  const byName = new Map((await unit.entities.getMany(names)).map((each) => [each.name, each]));
  return requested.map((request) => {
    const entity = byName.get(request.entity);
    return { request, ...(entity !== undefined && { entity }) };
  });
}

/**
 * Notes that somebody else is asked for these next, before they are: so a backup that may be made twice, as
 * the hub that asked ended before it heard the answer, is told from one that was made once. Answers
 * them as they are kept.
 */
export async function askForBackups(
  context: Context,
  unit: UnitOfWork,
  wanted: readonly WantedBackup[],
): Promise<readonly WantedBackup[]> {
  if (context.backups === undefined) return wanted;
  const askedAt = context.clock.now().toISOString();
  const asking = wanted.map(({ request, ...of }) => {
    return { ...of, request: { ...request, asked: (request.asked ?? 0) + 1, askedAt } };
  });
  for (const { request } of asking) {
    await unit.backups.put(request);
    if (request.asked === 1) continue;
    // What its plan waits for is another sentence now.
    await unit.dirty.mark([request.entity]);
    await recordBackup(context, unit, request, { action: 'backup.repeat' });
  }
  return asking;
}

/** Makes one backup, and keeps by `transact` what became of it. */
export async function makeBackup(
  context: Context,
  provider: BackupProvider,
  wanted: WantedBackup,
  transact: Store['transact'],
): Promise<void> {
  const taken = await take(context, provider, wanted);
  const { detail: _, ...asked } = wanted.request;
  const request = { ...asked, by: provider.name };
  await transact(async (unit) => {
    await unit.backups.put({
      ...{ ...request, covers: provider.covers },
      at: context.clock.now().toISOString(),
      ...(taken.ok
        ? { ...taken.value, status: 'done' }
        : { status: 'failed', detail: taken.error.detail }),
    });
    await unit.dirty.mark([request.entity]);
    await recordBackup(context, unit, request, {
      action: taken.ok ? 'backup.done' : 'backup.fail',
      ...(!taken.ok && { error: taken.error.detail }),
    });
  });
}

function recordBackup(
  context: Context,
  unit: UnitOfWork,
  { entity, releaseDigest, by, asked = 1 }: BackupRecord,
  what: { readonly action: string; readonly error?: string },
): Promise<void> {
  const { action, error } = what;
  return record(context, unit, ENGINE, {
    ...{ action, subject: `entity/${entity}` },
    detail: {
      ...{ releaseDigest, by },
      ...(asked > 1 && { asked }),
      ...(error !== undefined && { error }),
    },
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
