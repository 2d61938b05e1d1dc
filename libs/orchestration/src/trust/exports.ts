export { acceptSpoke, type Acceptance } from './accept-spoke.js';
export { addKeySet, ensureKeySet, type KeySetDemand, type SignedKeySet } from './add-key-set.js';
export {
  authenticateSpoke,
  type AuthenticatedSpoke,
  type ShownToken,
} from './authenticate-spoke.js';
export { endJoinTokens } from './end-join-tokens.js';
export { issueJoinToken, type JoinTokenRequest } from './issue-join-token.js';
export { type JoinDemand, type JoinedSpoke, joinSpoke } from './join-spoke.js';
export { revokeSpoke, type Revocation } from './revoke-spoke.js';
export { type NextKey, storeNextKey } from './store-next-key.js';
export { unusedJoinTokens } from './unused-join-tokens.js';
