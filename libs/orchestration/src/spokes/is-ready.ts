import { CLOCK_SKEW_MAX_MS } from '@apollo-deploy/domain';
import type { SpokeRecord } from '../ports/records.js';
import { isLedgerToCome } from './capabilities.js';
import { presenceOf, type PresenceFacts } from './presence.js';

/** Whether a spoke is there and has said all that plans wait for; if not, they wait for what it says next. */
export function isReady(spoke: SpokeRecord, presence: PresenceFacts): boolean {
  const { epoch, stateEpoch, clockSkewMs = 0 } = spoke;
  return (
    presenceOf(spoke, presence) === 'connected' &&
    stateEpoch === epoch &&
    !isLedgerToCome(spoke) &&
    Math.abs(clockSkewMs) <= CLOCK_SKEW_MAX_MS
  );
}
