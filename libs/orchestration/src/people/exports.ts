export { authenticateLoginSession, type SessionHolder } from './authenticate-login-session.js';
export { authenticateToken, type TokenHolder } from './authenticate-token.js';
export {
  authoritiesNow,
  authorityByIssuer,
  type Credentials,
  type Standing,
} from './authorities-now.js';
export { endLoginSession, endLoginSessions } from './end-login-sessions.js';
export { endVouchedSessions } from './end-vouched-sessions.js';
export { ensureAdmin } from './ensure-admin.js';
export { issueToken, type NewToken, TOKEN_DAYS_MAX } from './issue-token.js';
export { revokeToken, type TokenToRevoke } from './revoke-token.js';
export { setRoles, type NewRoles } from './set-roles.js';
export { startLoginSession, type NewLogin } from './start-login-session.js';
