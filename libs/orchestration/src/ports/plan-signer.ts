import type { Json } from '@apollo-deploy/kernel';

/** Signs what spokes carry out. The key is its own, and it shows it to nobody. */
export interface PlanSigner {
  /** SHA-256 of each key it signs with (SPKI, DER), lower-case hex. */
  readonly keyIds: readonly string[];
  /**
   * An envelope around exactly this plan. Call it only in the transaction that has judged the plan
   * anew: what is signed is carried out.
   */
  sign(plan: Readonly<Record<string, Json>>): Promise<Readonly<Record<string, Json>>>;
}
