import type { Logger } from 'pino';
import type { Credentials } from '../hub-link/credentials.js';
import type { HubLink } from '../hub-link/hub-link.js';

export interface KeyRotationOptions {
  readonly link: Pick<HubLink, 'post' | 'dialAnew'>;
  readonly credentials: Pick<Credentials, 'welcomed' | 'stored'>;
  readonly log: Logger;
}

/**
 * Gives the spoke another key when it is time, in two steps: the hub keeps the next one beside the one it
 * knows, and then the spoke connects with it, which ends the old one. Whatever breaks off in between is
 * taken up at the next welcome.
 */
export class KeyRotation {
  constructor(private readonly options: KeyRotationOptions) {}

  /** To be called at each welcome. Never throws. */
  async welcomed(): Promise<void> {
    const { link, credentials, log } = this.options;
    try {
      const offer = await credentials.welcomed();
      if (offer === null) return;
      const delivery = await link.post('credential.next', offer, 'next key');
      if (delivery !== 'acknowledged') return;
      await credentials.stored();
      log.info({ publicKey: offer.publicKey }, 'the hub has the next key; connecting with it');
      link.dialAnew();
    } catch (error) {
      log.error({ err: error }, 'the key could not be changed; it is tried at the next welcome');
    }
  }
}
