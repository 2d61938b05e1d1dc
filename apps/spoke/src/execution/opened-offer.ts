import type { PlanOffer } from '@apollo-deploy/protocol';

/** An offer as it was read, with what its signers say besides. */
export interface OpenedOffer extends PlanOffer {
  /** Size of its chart archive, in bytes; absent: nobody has signed one. */
  readonly chartBytes?: number;
}
