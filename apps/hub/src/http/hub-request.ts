import type { Principal } from '@apollo-deploy/orchestration';
import type { Request } from 'express';

/** A request on its way through the hub. Each part is set once, by the step it names. */
export interface HubRequest extends Request {
  /** Set by `identifyRequest`, before anything else. */
  requestId: string;
  /** Set by `AuthenticateGuard`; absent on routes that are open to anyone. */
  principal?: Principal;
  /** The bytes of the uploaded chart; set by `UploadInterceptor`. */
  upload?: Buffer;
}
