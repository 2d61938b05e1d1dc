import type { Plan, ReportedRelease } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Among so many plans of each of these outcomes, the last, the one is looked for that brought what runs. */
export const PLANS_LOOKED_AT = 10;
/** What failed runs all the same where nothing took it back, and is to be mended by going forward. */
const MAY_HAVE_BROUGHT_IT = ['SUCCEEDED', 'FAILED'] as const;

/** The plan whose chart version and values are word for word what is reported. */
export async function planThatBrought(
  unit: UnitOfWork,
  entity: string,
  { version, valuesDigest }: Pick<ReportedRelease, 'version' | 'valuesDigest'>,
): Promise<Plan | undefined> {
  for (const state of MAY_HAVE_BROUGHT_IT) {
    const { items } = await unit.plans.list({ entity, state }, { limit: PLANS_LOOKED_AT });
    const plan = items.find(
      ({ content }) => content.chart?.version === version && content.valuesDigest === valuesDigest,
    );
    if (plan !== undefined) return plan;
  }
  return undefined;
}
