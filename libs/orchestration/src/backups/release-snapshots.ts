import { err, ok } from '@apollo-deploy/kernel';
import { planThatBrought, PLANS_LOOKED_AT } from '../engine/plan-that-brought.js';
import { reportedState } from '../spokes/release-state.js';
import type { BackupProvider } from './backup-provider.js';

/** Keeps what brings the content that runs back: its chart and values. It knows nothing of data. */
export const releaseSnapshots: BackupProvider = {
  name: 'release snapshot',
  covers: 'the chart reference and the values of the content that runs; no data, no volumes',
  take: (context, { entity: name, releaseDigest }) =>
    context.store.transact(async (unit) => {
      const entity = await unit.entities.get(name);
      if (entity === undefined) return err({ detail: `there is no entity ${name} any more` });
      const spoke = await unit.spokes.get(entity.spoke);
      const [state] = await unit.releaseStates.summaries([entity]);
      const release = reportedState(entity, spoke, state)?.release;
      if (release?.releaseDigest !== releaseDigest) {
        return err({ detail: 'what runs has changed since it was asked for' });
      }
      const plan = await planThatBrought(unit, name, release);
      if (plan?.content.chart == null) {
        return err({
          detail: `the values that ${release.version} runs with are not known here, because none of the last ${String(PLANS_LOOKED_AT)} plans that succeeded or failed brought them; make a backup by other means and lift the rule for it`,
        });
      }
      return ok({ snapshot: { chart: plan.content.chart, values: plan.values } });
    }),
};
