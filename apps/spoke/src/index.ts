export { SpokeAgent, type SpokeAgentOptions } from './agent.js';
export type { Clock } from './clock.js';
export { systemClock } from './clock.js';
export {
  ChartFetcher,
  type ChartFetcherOptions,
  type ChartRefusal,
} from './execution/chart-fetcher.js';
export type { ClusterIdentity } from './hello.js';
export type { Self } from './execution/judge-holder.js';
export type { ProcessTable } from './execution/process-table.js';
export { IdentityFiles } from './trust/identity-files.js';
export { readToken } from './trust/read-token.js';
export { TrustedKeys } from './trust/trusted-keys.js';
export { SpokeCredentials, type SpokeCredentialsOptions } from './trust/spoke-credentials.js';
export { StandardOutput } from './standard-output.js';
