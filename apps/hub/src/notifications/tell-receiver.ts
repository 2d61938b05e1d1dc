import type { NamedReceiver } from '@apollo-deploy/domain';
import { err, ok } from '@apollo-deploy/kernel';
import type { Tell } from '@apollo-deploy/orchestration';
import { callReceiver, quoted } from '../integrations/call-receiver.js';
import { ReceiverUnavailable } from '../integrations/receiver-unavailable.js';
import type { Timer } from '../spokes/timer.js';

const TIMEOUT_MS = 5_000;

/** What people call each, and what it listens to. */
const RECEIVED_AT = {
  hermes: { name: 'HERMES', path: '/notify' },
  lcis: { name: 'LCIS', path: '/lessons' },
  event_bus: { name: 'the event bus', path: '/publish' },
} as const satisfies Record<NamedReceiver, object>;

/** Who is asked to come back later, or has nobody there, has not said no. */
const LATER: readonly number[] = [408, 425, 429];

/** How to tell a receiver: whatever succeeds by its status has been taken, whatever it says besides. */
export function tellReceiver(receiver: NamedReceiver, url: string, timer: Timer): Tell {
  const { name, path } = RECEIVED_AT[receiver];
  return async ({ body }) => {
    try {
      const address = { name, url, timeoutMs: TIMEOUT_MS };
      const answer = await callReceiver(address, { method: 'POST', path, body }, timer);
      const { status } = answer;
      if (status >= 200 && status < 300) return ok(undefined);
      const isAway = status >= 500 || LATER.includes(status);
      const detail = `${name} answered ${quoted(answer)}`;
      return err({ kind: isAway ? 'unavailable' : 'refused', detail });
    } catch (error) {
      if (!(error instanceof ReceiverUnavailable)) throw error;
      return err({ kind: 'unavailable', detail: error.message });
    }
  };
}
