import type { DeploymentTarget } from './deployment.js';

/** With these behind it, the next wave may go. */
const DONE: readonly DeploymentTarget['state'][] = ['healthy', 'skipped'];

/**
 * Of a target whose wave has begun and that has not been brought: the first one of an earlier wave that does
 * not let it go, as it was called ill since it was found healthy. `undefined` = all before it do. One that
 * executes counts too: its plan may have come back, and go out anew, before anybody has followed that.
 */
export function waveBefore(
  { state, wave }: Pick<DeploymentTarget, 'state' | 'wave'>,
  targets: readonly DeploymentTarget[],
): DeploymentTarget | undefined {
  if (state !== 'started' && state !== 'executing') return undefined;
  return targets.find((one) => one.wave < wave && !DONE.includes(one.state));
}
