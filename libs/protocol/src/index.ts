export { DsseEnvelope } from './signing/dsse-envelope.js';
export {
  cosignKeySet,
  isKeySetSignedBy,
  KeySet,
  keySetOf,
  objectionToKeySet,
  openKeySet,
  openOwnKeySet,
  signersOf,
  signKeySet,
  trustIn,
} from './signing/key-set.js';
export { KeyTrust, MOST_KEYS, MOST_SIGNERS, MOST_VERSIONS_AHEAD } from './signing/key-trust.js';
export {
  type PlanKey,
  privateKeyFrom,
  publicHalf,
  publicKeyFrom,
  publicKeyFromRaw,
  rawPublicKey,
} from './signing/plan-key.js';
export { type SignedOffer, TAKES_SIGNED_PLANS } from './signing/signed-offer.js';
export { openSignedPlan, type SignedPlan, signPlan } from './signing/signed-plan.js';
export type { Signers } from './signing/verify-envelope.js';
export { AuditHead, KEEPS_AUDIT_HEADS } from './spoke/audit-head.js';
export { offeredContentKey } from './spoke/content-key.js';
export {
  decodeHubFrame,
  decodeSpokeFrame,
  encodeHubFrame,
  encodeSpokeFrame,
  type FrameHead,
  type FrameRefusal,
  type HubFrame,
  type SpokeFrame,
} from './spoke/envelope.js';
export {
  DURABLE_MESSAGES,
  HUB_MESSAGES,
  type HubMessageType,
  type HubPayload,
  SPOKE_MESSAGES,
  type SpokeMessageType,
  type SpokePayload,
} from './spoke/messages.js';
export {
  type CoveringPlan,
  OfferedContent,
  PlanOffer,
  PlanOperation,
  READS_BREAK_GLASS,
} from './spoke/plan-offer.js';
export { type DeclineReason, PlanVerdict } from './spoke/plan-verdict.js';
export {
  DriftReport,
  EventReport,
  HelmHead,
  LastTermination,
  ObjectReport,
  PodReport,
  releaseDigest,
  ReleaseReport,
  ReleaseResources,
} from './spoke/release-report.js';
export {
  chartPath,
  CLOSE_CODES,
  HEARTBEAT_INTERVAL_MS,
  MAX_CHART_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_PIECES,
  MAX_VALUES_BYTES,
  PROTOCOL_VERSION,
  SILENCE_LIMIT_MS,
  SPOKE_SOCKET_PATH,
  SPOKE_SUBPROTOCOL,
} from './version.js';
export {
  JOIN_PATH,
  JoinAnswer,
  JoinRequest,
  joinTokenText,
  provesKey,
  signJoinRequest,
  spokeOfJoinToken,
} from './trust/join-request.js';
export { isOfferedBy, NextKeyOffer, signNextKey } from './trust/next-key.js';
export {
  readSessionToken,
  SESSION_TOKEN_SECONDS,
  type SessionToken,
  signSessionToken,
} from './trust/session-token.js';
export { SpokeKey } from './trust/spoke-key.js';
