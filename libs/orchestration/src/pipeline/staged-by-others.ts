import { type Deployment, editsOf } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * Why the approval of a hotfix is not waived, in a sentence: an entity of it has values that others than
 * who asked have set, where none ever succeeded that could go in their place, so nobody has agreed to
 * them. `undefined`: there is none.
 */
export async function stagedByOthers(
  unit: UnitOfWork,
  { targets, deployedBy }: Deployment,
): Promise<string | undefined> {
  const names = targets.map(({ entity }) => entity);
  const baselines = await unit.baselines.newestOf(names);
  for (const entity of await unit.entities.getMany(names)) {
    const hasGone = baselines.some((one) => one.entity === entity.name);
    const [edit] = editsOf(entity).filter(({ by }) => by !== deployedBy);
    if (!hasGone && edit !== undefined && Object.keys(entity.values).length > 0) {
      return `approval is not waived: nothing has succeeded on ${entity.name} yet, and ${edit.by} has set its values; let somebody who may agree to them approve the plan`;
    }
  }
  return undefined;
}
