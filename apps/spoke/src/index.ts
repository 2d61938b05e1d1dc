export { SpokeAgent, type ClusterIdentity, type SpokeAgentOptions } from './agent.js';
export type { Clock } from './clock.js';
export { systemClock } from './clock.js';
export {
  ChartFetcher,
  type ChartFetcherOptions,
  type ChartRefusal,
} from './execution/chart-fetcher.js';
export type { Self } from './execution/judge-holder.js';
export type { ProcessTable } from './execution/process-table.js';
export { readToken } from './read-token.js';
export { StandardOutput } from './standard-output.js';
