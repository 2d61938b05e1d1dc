import type { Json } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Something that was done, for the audit trail. */
export interface Deed {
  /** Verb and noun, such as `release.register`. */
  readonly action: string;
  /** What it was done to, such as `plan/01J…`. */
  readonly subject: string;
  readonly detail?: Readonly<Record<string, Json>>;
}

/** Writes one audit entry in the transaction of what it records. */
export async function record(
  { clock, ids }: Context,
  unit: UnitOfWork,
  principal: Principal,
  deed: Deed,
): Promise<void> {
  await unit.audit.append({
    id: ids.next(),
    at: clock.now().toISOString(),
    actor: principal.name,
    actorKind: principal.kind,
    action: deed.action,
    subject: deed.subject,
    detail: { ...deed.detail, ...(principal.token !== undefined && { token: principal.token }) },
    ...(principal.requestId !== undefined && { requestId: principal.requestId }),
  });
}
