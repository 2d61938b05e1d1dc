export { EXIT, type ExitCode } from './exit-code.js';
export { runApolloctl } from './run-apolloctl.js';
export type { Surroundings } from './surroundings.js';
