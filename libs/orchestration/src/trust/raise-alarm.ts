import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { SpokeRecord } from '../ports/records.js';
import type { SpokeAlarm } from '../ports/trust-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * Keeps on the spoke that somebody else seems to come in its name, which is also an event, and records
 * by whom that was seen: `by` is the spoke where its key was shown.
 */
export async function raiseAlarm(
  context: Context,
  unit: UnitOfWork,
  spoke: SpokeRecord,
  {
    by,
    kind,
    message,
    detail,
  }: Pick<SpokeAlarm, 'kind' | 'message'> & { readonly by: Principal; readonly detail: Detail },
): Promise<void> {
  const alarm = { kind, message, at: context.clock.now().toISOString() };
  await unit.spokes.save({ ...spoke, alarm });
  const action = `spoke.alarm.${kind}`;
  await record(context, unit, by, { action, subject: `spoke/${spoke.name}`, detail });
}

type Detail = Readonly<Record<string, string>>;
