import { uuidOf } from './chance.js';

/** The seed of a fleet that was given none. */
export const DEFAULT_SEED = 'apollo';

/** The UID of the kube-system namespace of a simulated spoke's cluster: the same at every start. */
export function simulatedClusterUid(seed: string, spoke: string): string {
  return uuidOf(seed, spoke);
}
