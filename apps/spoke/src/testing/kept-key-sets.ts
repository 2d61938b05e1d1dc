import type { KeySet } from '@apollo-deploy/protocol';
import type { KeptKeySets } from '../trust/identity-files.js';
import { TrustedKeys } from '../trust/trusted-keys.js';

/** A disk that keeps key sets in memory, and is full on demand. */
export class KeptKeySetsInMemory {
  kept: KeptKeySets | null = null;
  isFull = false;

  keySets(): Promise<KeptKeySets | null> {
    return Promise.resolve(this.kept);
  }

  async keepKeySets(kept: KeptKeySets): Promise<void> {
    if (this.isFull) throw new Error('the disk is full');
    this.kept = kept;
    await Promise.resolve();
  }

  /** The keys of a spoke that starts with this disk, and with what its owner gives. */
  async start(given: KeySet | null = null): Promise<TrustedKeys> {
    const opened = await TrustedKeys.open(this, given);
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  }
}
