import type { Json } from '@apollo-deploy/kernel';
import type { PlanSigner } from '../ports/plan-signer.js';

/** Keeps what it was given to sign. */
export class NotingSigner implements PlanSigner {
  readonly keyIds = ['key-a'];
  readonly signed: Readonly<Record<string, Json>>[] = [];

  sign(plan: Readonly<Record<string, Json>>): Promise<Readonly<Record<string, Json>>> {
    this.signed.push(plan);
    return Promise.resolve({ envelope: this.signed.length });
  }
}
