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
export { type CoveringPlan, OfferedContent, PlanOffer, PlanOperation } from './spoke/plan-offer.js';
export { type DeclineReason, PlanVerdict } from './spoke/plan-verdict.js';
export {
  DriftReport,
  HelmHead,
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
  MAX_VALUES_BYTES,
  PROTOCOL_VERSION,
  SILENCE_LIMIT_MS,
  SPOKE_SOCKET_PATH,
  SPOKE_SUBPROTOCOL,
} from './version.js';
