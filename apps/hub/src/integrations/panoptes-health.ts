import type { ServiceHealth } from '@apollo-deploy/domain';
import type { HealthProvider } from '@apollo-deploy/orchestration';
import { type Answer, quoted } from './call-receiver.js';
import { GuardedReceiver, type Machine } from './guarded-receiver.js';
import { ReceiverUnavailable } from './receiver-unavailable.js';

const TIMEOUT_MS = 10_000;

/**
 * Asks PANOPTES. Healthy is what it calls `true` with status 200, and nothing else; ill what it calls
 * `false`, with whatever status, as those who tell of health often do with 503.
 */
export class PanoptesHealth implements HealthProvider {
  readonly name = 'PANOPTES';
  private readonly receiver: GuardedReceiver;

  constructor(url: string, machine: Machine) {
    const address = { name: 'PANOPTES', url, timeoutMs: TIMEOUT_MS };
    this.receiver = new GuardedReceiver(address, machine);
  }

  /** Throws `ReceiverUnavailable`, also where what it answers says neither. */
  async look(service: string, environment: string): Promise<ServiceHealth> {
    const query = new URLSearchParams({ environment });
    const path = `/health/${encodeURIComponent(service)}?${query.toString()}`;
    const answer = await this.receiver.call({ method: 'GET', path });
    const healthy = saidOf(answer);
    if (healthy === undefined) {
      const what = `PANOPTES answered ${quoted(answer)}, which does not say how ${service} does`;
      throw new ReceiverUnavailable(what, true);
    }
    const detail = healthy ? 'PANOPTES calls it healthy' : `PANOPTES answered ${quoted(answer)}`;
    return { healthy, detail };
  }
}

/** `undefined`: it says neither. */
function saidOf({ status, text, cut }: Answer): boolean | undefined {
  const healthy = cut ? undefined : healthyIn(text);
  return healthy === true && status !== 200 ? undefined : healthy;
}

function healthyIn(text: string): boolean | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null || !('healthy' in said)) return undefined;
    return typeof said.healthy === 'boolean' ? said.healthy : undefined;
  } catch {
    return undefined;
  }
}
