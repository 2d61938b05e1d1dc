/**
 * Content that was tried and failed, or that a person cancelled. While it stands, the same content
 * is not proposed again for the entity unless a person asks.
 */
export interface Decline {
  readonly entity: string;
  readonly contentKey: string;
  readonly planId: string;
  /** Who said no: a person, or `spoke NAME` for a failure. */
  readonly by: string;
  readonly at: string;
  readonly why: string;
  /** Failures of this content in a row. */
  readonly failures: number;
  /** False while the one free retry after an interrupted run is still to come. */
  readonly standing: boolean;
}
