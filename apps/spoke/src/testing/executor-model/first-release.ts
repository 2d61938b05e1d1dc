import type { Scenario } from './model-state.js';
import type { Release } from './release-world.js';

/** The release before anything happens. */
export function firstRelease({ revisions }: Pick<Scenario, 'revisions'>): Release {
  return {
    nextUid: revisions.length + 1,
    revisions: revisions.map((revision, index) => ({
      ...{ number: index + 1, uid: index + 1, label: 'earlier', maker: null },
      ...{ description: '', ...revision },
    })),
  };
}
