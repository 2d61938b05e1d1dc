import type { Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { SpokeAlarm } from '../ports/trust-repositories.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/** What a spoke was told and no honest hub says, as it names it itself. */
export interface ToldAlarm {
  /** As the plan named itself; `key-set-3` where it was a key set, `audit-head-7` a head of the audit trail. */
  readonly planId: string;
  readonly reason: string;
  readonly message: string;
}

/** The reason of a spoke that was told a head of the audit trail which cannot follow on an earlier one. */
const CONTRADICTED = 'AuditHeadContradicted';

/**
 * Shows a spoke's alarm with the spoke until a person accepts it again, which is also an event, and keeps
 * it in the audit trail, whether anybody knows what it names or not. A contradiction of the audit trail
 * that is shown already changes nothing, and takes the place of no other alarm.
 */
export async function recordAlarm(
  context: Context,
  session: SpokeSession,
  told: ToldAlarm,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const shown = spoke.value.alarm;
    const alarm = { at: context.clock.now().toISOString(), ...alarmOf(session.spoke, told) };
    const isRepeated = shown?.kind === alarm.kind && shown.message === alarm.message;
    const isContradiction = alarm.kind === 'audit_contradicted';
    if (isContradiction && isRepeated) return ok(undefined);
    const isHidden = isContradiction && shown !== undefined && shown.kind !== alarm.kind;
    if (!isHidden) await unit.spokes.save({ ...spoke.value, alarm });
    const { planId, reason, message } = told;
    await record(
      context,
      unit,
      { kind: 'spoke', name: session.spoke, roles: [] },
      {
        action: 'spoke.alarm',
        subject: `spoke/${session.spoke}`,
        detail: { planId, reason, message },
      },
    );
    return ok(undefined);
  });
}

function alarmOf(
  spoke: string,
  { planId, reason, message }: ToldAlarm,
): Pick<SpokeAlarm, 'kind' | 'message'> {
  if (reason === CONTRADICTED) {
    return {
      kind: 'audit_contradicted',
      message: `the audit trail of this hub contradicts what spoke ${spoke} was told of it before: ${message}`,
    };
  }
  return {
    kind: 'untrusted_offer',
    message: `spoke ${spoke} was offered ${planId} and trusts it not (${reason}): ${message}`,
  };
}
