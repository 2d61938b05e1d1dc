import { err, ok } from '@apollo-deploy/kernel';
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

  async take(_context: object, { service }: BackupRequest): ReturnType<BackupProvider['take']> {
    try {
      const body = { service, reason: 'pre-deployment' };
      const answer = await this.receiver.call({ method: 'POST', path: '/backup', body });
      return answer.status === 200 ? ok({}) : err({ detail: `CHRONOS answered ${quoted(answer)}` });
    } catch (error) {
      if (!(error instanceof ReceiverUnavailable)) throw error;
      return err({ detail: error.message });
    }
  }
}
