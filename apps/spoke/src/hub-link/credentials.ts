import type { NextKeyOffer } from '@apollo-deploy/protocol';
import type { UpgradeRefusal } from './reconnect-delay.js';

/** By what the spoke shows who it is. */
export interface Credentials {
  /** A session token for one attempt. */
  token(): Promise<string>;
  /** The hub has refused a token. Answers whether another one may do better at once. */
  refused(refusal: UpgradeRefusal): boolean;
  /** The hub has let the spoke in. Answers the key that it is to know next, if it is time for another. */
  welcomed(): Promise<NextKeyOffer | null>;
  /** The hub has kept the key that it was offered. */
  stored(): Promise<void>;
}
