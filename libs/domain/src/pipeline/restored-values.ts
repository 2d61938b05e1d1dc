import { compareValues, type ValueChanges } from '../catalog/compare-values.js';
import type { Deployment } from './deployment.js';

/** Which values of an entity a rollback takes back. */
export interface RestoredValues extends ValueChanges {
  readonly entity: string;
}

/** The values that a deployment brings back, where they differ from those that were desired before. */
export function restoredValues({
  targets,
}: Pick<Deployment, 'targets'>): readonly RestoredValues[] {
  return targets.flatMap(({ entity, state, values, valuesBefore }) => {
    if (values === undefined || valuesBefore === undefined || state === 'skipped') return [];
    const { changes, more } = compareValues(valuesBefore, values);
    return changes.length === 0 ? [] : [{ entity, changes, more }];
  });
}
