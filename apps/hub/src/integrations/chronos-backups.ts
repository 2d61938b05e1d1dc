import { err, ok, sha256Hex } from '@apollo-deploy/kernel';
import type { BackupProvider, BackupRequest } from '@apollo-deploy/orchestration';
import { quoted } from './call-receiver.js';
import { GuardedReceiver, type Machine } from './guarded-receiver.js';
import { ReceiverUnavailable } from './receiver-unavailable.js';

const TIMEOUT_MS = 30_000;

/** Asks CHRONOS for backups. It is taken at its word: what one holds is not known here. */
export class ChronosBackups implements BackupProvider {
  readonly name = 'CHRONOS';
  readonly covers =
    'what CHRONOS keeps of the service; it said that it did, and Apollo has not seen it';
  private readonly receiver: GuardedReceiver;

  constructor(url: string, machine: Machine) {
    this.receiver = new GuardedReceiver({ name: 'CHRONOS', url, timeoutMs: TIMEOUT_MS }, machine);
  }

  async take(_context: object, request: BackupRequest): ReturnType<BackupProvider['take']> {
    const body = { service: request.service, reason: 'pre-deployment' };
    const call = { method: 'POST', path: '/backup', body, idempotencyKey: keyOf(request) } as const;
    try {
      const answer = await this.receiver.call(call);
      return answer.status === 200 ? ok({}) : err({ detail: `CHRONOS answered ${quoted(answer)}` });
    } catch (error) {
      if (!(error instanceof ReceiverUnavailable)) throw error;
      return err({ detail: error.message });
    }
  }
}

/** Of one backup that is wanted, however often it is asked for. */
function keyOf({ entity, releaseDigest, at }: BackupRequest): string {
  return sha256Hex(JSON.stringify([entity, releaseDigest, at]));
}
