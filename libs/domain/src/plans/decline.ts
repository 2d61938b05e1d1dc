/**
 * Content that was tried and failed, or that a person cancelled. While it stands, the same content
 * is not proposed again for the entity unless a person asks. A failure by itself does not stand: its
 * content is proposed again and waits for the end of the entity's automatic suppression. That of a
 * rollback waits for the end of the hold which it left.
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
  /** False for a failure: it only counts. */
  readonly standing: boolean;
}
