import { err, ok, type Result } from '@apollo-deploy/kernel';
import type {
  NotRolledBack,
  OutsideRollback,
  RollbackProvider,
} from '@apollo-deploy/orchestration';
import { type Answer, quoted } from './call-receiver.js';
import { GuardedReceiver, type Machine } from './guarded-receiver.js';
import { ReceiverUnavailable } from './receiver-unavailable.js';

const TIMEOUT_MS = 30_000;

/** Asks HADES to take services back. */
export class HadesRollback implements RollbackProvider {
  readonly name = 'HADES';
  private readonly receiver: GuardedReceiver;

  constructor(url: string, machine: Machine) {
    this.receiver = new GuardedReceiver({ name: 'HADES', url, timeoutMs: TIMEOUT_MS }, machine);
  }

  async rollBack(request: OutsideRollback): Promise<Result<void, NotRolledBack>> {
    const { id, service, targetVersion, reason = null } = request;
    const body = { service, target_version: targetVersion, reason };
    const call = { method: 'POST', path: '/rollback', body, idempotencyKey: id } as const;
    try {
      const answer = await this.receiver.call(call);
      if (answer.status === 200) return ok(undefined);
      const outcome = saysNo(answer) ? 'refused' : 'unknown';
      return err({ outcome, detail: `it answered ${quoted(answer)}` });
    } catch (error) {
      if (!(error instanceof ReceiverUnavailable)) throw error;
      return err({ outcome: error.reached ? 'unknown' : 'refused', detail: error.message });
    }
  }
}

/**
 * Whether it says itself that it has not done it. What stands before it may give up waiting (502, 504)
 * while it goes on; of what it took on for later (202) nobody knows how it comes out.
 */
function saysNo({ status }: Answer): boolean {
  return (status >= 400 && status <= 501) || status === 503;
}
