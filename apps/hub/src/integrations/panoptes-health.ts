import type { HealthProvider, ServiceHealth } from '@apollo-deploy/orchestration';
import { type Answer, quoted } from './call-receiver.js';
import { GuardedReceiver, type Machine } from './guarded-receiver.js';

const TIMEOUT_MS = 10_000;

/** Asks PANOPTES. Healthy is what it calls `true`, and nothing else. */
export class PanoptesHealth implements HealthProvider {
  readonly name = 'PANOPTES';
  private readonly receiver: GuardedReceiver;

  constructor(url: string, machine: Machine) {
    const address = { name: 'PANOPTES', url, timeoutMs: TIMEOUT_MS };
    // Whatever it answers is of one service, and says nothing of the others.
    this.receiver = new GuardedReceiver(address, machine, () => true);
  }

  /** Throws `ReceiverUnavailable`. */
  async look(service: string, environment: string): Promise<ServiceHealth> {
    const query = new URLSearchParams({ environment });
    const path = `/health/${encodeURIComponent(service)}?${query.toString()}`;
    const answer = await this.receiver.call({ method: 'GET', path });
    const healthy = isHealthy(answer);
    const detail = healthy ? 'PANOPTES calls it healthy' : `PANOPTES answered ${quoted(answer)}`;
    return { healthy, detail };
  }
}

function isHealthy({ status, text, cut }: Answer): boolean {
  if (status !== 200 || cut) return false;
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === 'object' && said !== null && 'healthy' in said && said.healthy === true;
  } catch {
    return false;
  }
}
