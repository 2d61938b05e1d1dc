import type { Context } from '../context.js';
import type { SpokeRecord } from '../ports/records.js';
import type { SpokeAlarm } from '../ports/trust-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { markOpenWork } from '../spokes/mark-open-work.js';
import { pauseRunsOf } from '../spokes/note-runs.js';
import { raiseAlarm } from './raise-alarm.js';

/**
 * Two have keys of one spoke, and nobody knows which of them is the spoke: neither is heard any more
 * before a person has looked.
 */
export async function lockClone(
  context: Context,
  unit: UnitOfWork,
  spoke: SpokeRecord,
  seen: Pick<SpokeAlarm, 'message'> & { readonly detail: Readonly<Record<string, string>> },
): Promise<void> {
  const { name } = spoke;
  const locked = { ...withoutAcceptance(spoke), epoch: spoke.epoch + 1, connected: false };
  await pauseRunsOf(unit, spoke);
  const by = { kind: 'spoke', name, roles: [] } as const;
  await raiseAlarm(context, unit, locked, { by, kind: 'clone', ...seen });
  await markOpenWork(unit, name);
}

function withoutAcceptance({ credential, instances: _, ...rest }: SpokeRecord): SpokeRecord {
  if (credential === undefined) return rest;
  const { acceptedAt: __, ...unaccepted } = credential;
  return { ...rest, credential: unaccepted };
}
