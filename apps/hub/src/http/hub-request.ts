import type { Authority } from '@apollo-deploy/domain';
import type { Principal, Standing } from '@apollo-deploy/orchestration';
import type { Request } from 'express';

/** A request on its way through the hub. Each part is set once, by the step it names. */
export interface HubRequest extends Request {
  /** Set by `identifyRequest`, before anything else. */
  requestId: string;
  /** Set by `AuthenticateGuard`; absent on routes that are open to anyone. */
  principal?: Principal;
  /** What the principal may do; set by `AuthenticateGuard` for people and machines. */
  authority?: Authority;
  /** By what the principal was let in; set by `AuthenticateGuard`, absent where it took nothing. */
  standing?: Standing;
  /**
   * The deployment that the same request has made before, of which no answer was kept; set by
   * `IdempotencyInterceptor`.
   */
  underWay?: string;
  /** The bytes of the uploaded chart; set by `UploadInterceptor`. */
  upload?: Buffer;
}
