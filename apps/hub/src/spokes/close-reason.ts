import type { Refusal } from '@apollo-deploy/domain';
import { CLOSE_CODES } from '@apollo-deploy/protocol';

/** How the hub ends a connection. */
export interface CloseReason {
  readonly code: number;
  /** For people; cut to what a close frame carries. */
  readonly reason: string;
}

/** RFC 6455: the server met a condition it did not expect. */
const INTERNAL_ERROR = 1011;

export function protocolError(reason: string): CloseReason {
  return { code: CLOSE_CODES.protocolError, reason };
}

/** The store does not take what the spoke says: it reconnects later and says it again. */
export const OVERLOADED: CloseReason = {
  code: CLOSE_CODES.overloaded,
  reason: 'the hub cannot store this now; connect again later',
};

export const BUG: CloseReason = {
  code: INTERNAL_ERROR,
  reason: 'the hub failed at this frame; its log says why',
};

/** What a refusal of a use case means for the connection. */
export function closeReasonOf({ code, detail }: Refusal): CloseReason {
  switch (code) {
    case 'spoke/unauthenticated':
    case 'spoke/not_accepted':
      return { code: CLOSE_CODES.unauthenticated, reason: detail };
    case 'spoke/revoked':
    case 'spoke/other_cluster':
      return { code: CLOSE_CODES.revoked, reason: detail };
    case 'spoke/superseded':
      return { code: CLOSE_CODES.superseded, reason: detail };
    default:
      return { code: INTERNAL_ERROR, reason: detail };
  }
}

/** A close frame carries at most 123 bytes of reason; a character is never cut in half. */
export function fitCloseFrame(reason: string): string {
  let fitting = '';
  let bytes = 0;
  for (const character of reason) {
    bytes += Buffer.byteLength(character);
    if (bytes > 123) break;
    fitting += character;
  }
  return fitting;
}
