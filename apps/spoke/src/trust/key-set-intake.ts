import type { HubPayload, KeyTrust, SpokePayload } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { TrustedKeys } from './trusted-keys.js';

interface KeySetIntakeOptions {
  readonly keys: TrustedKeys;
  readonly clock: Clock;
  /** This spoke goes by another key set from now on. */
  readonly onAdopted: (trust: KeyTrust) => void;
  readonly alarm: (message: SpokePayload<'alarm'>) => void;
  readonly log: Logger;
}

const LONGEST_MESSAGE = 2048;
const CURE =
  'nothing was changed; find out who writes to the hub, and if it is the hub itself, give this spoke the newest public keys (APOLLO_SPOKE_TRUSTED_KEYS)';

/**
 * Takes the key sets that the hub sends, one after another. What comes after one waits until it is
 * settled, so that nothing is judged by keys that are on their way out.
 */
export class KeySetIntake {
  private work: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly options: KeySetIntakeOptions) {}

  take({ keySet }: HubPayload<'credential.keys'>): void {
    this.enqueue(() => this.follow(keySet));
  }

  /** At once, or as soon as the key sets that came before are settled. */
  inOrder(order: () => void): void {
    if (this.waiting === 0) return order();
    this.enqueue(async () => order());
  }

  private enqueue(step: () => Promise<void>): void {
    this.waiting += 1;
    this.work = this.work.then(step).catch((error: unknown) => {
      this.options.log.error({ err: error }, 'an order of the hub met a bug; please report it');
    });
    this.work = this.work.finally(() => (this.waiting -= 1));
  }

  private async follow(keySet: HubPayload<'credential.keys'>['keySet']): Promise<void> {
    const { keys, clock, onAdopted, alarm, log } = this.options;
    const before = keys.trust?.version;
    try {
      const followed = await keys.follow(keySet, clock.now());
      const { trust } = keys;
      if (!followed.ok) {
        const { reason, message } = followed.error;
        log.error({ reason, version: before, alarm: true }, `${message}; ${CURE}`);
        const planId = `key-set-${before ?? 0}`;
        alarm({ planId, reason, message: `${message}; ${CURE}`.slice(0, LONGEST_MESSAGE) });
      } else if (followed.value === 'adopted' && trust !== undefined) {
        log.info({ before, ...trust }, 'this spoke goes by another key set from now on');
        onAdopted(trust);
      } else {
        log.info({ version: before }, 'a key set came that is over, or that this spoke knows');
      }
    } catch (error) {
      log.error({ err: error }, 'a key set could not be kept; the hub sends it again when asked');
    }
  }
}
