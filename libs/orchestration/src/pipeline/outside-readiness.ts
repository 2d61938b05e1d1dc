import {
  ConstraintSet,
  type Deployment,
  type DeploymentTarget,
  highestPlaces,
  proposePlan,
} from '@apollo-deploy/domain';
import { loadGates } from '../approvals/load-gates.js';
import { releaseSnapshots } from '../backups/release-snapshots.js';
import type { WantedBackup } from '../backups/run-backups.js';
import type { Context } from '../context.js';
import { judgePlan } from '../engine/judge-plan.js';
import { loadFacts } from '../engine/load-facts.js';
import { replicaFacts } from '../engine/replica-facts.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { servicePlaces } from './service-places.js';

/** Whether somebody else may be asked to bring what a rollback brings. */
export interface OutsideReadiness {
  /** Why the engine brings it instead, in sentences; none = they may be asked. */
  readonly unmet: readonly string[];
  /** What is to be kept first. */
  readonly backups: readonly WantedBackup[];
}

/**
 * Judges a rollback that has begun as its plans are judged when they go out, save for the backup, which
 * is named instead. Whoever is asked is told neither of environments nor of waves: so it has to begin at
 * all its entities, in the only environment of the highest tier where the service runs. Where the version
 * is not known to have SUCCEEDED it waits as any change does.
 *
 * @param suppression what keeps everything else from it meanwhile, by its id.
 */
export async function outsideReadiness(
  context: Context,
  unit: UnitOfWork,
  deployment: Deployment,
  suppression?: string,
): Promise<OutsideReadiness> {
  const goes = deployment.targets.filter(({ state }) => state === 'waiting' || state === 'started');
  const unmet = [
    ...(await whereElse(context, unit, deployment)),
    ...goes.flatMap((target) => whyNot(deployment, target)),
  ];
  if (unmet.length > 0) return { unmet, backups: [] };
  return judged(context, unit, goes, suppression);
}

async function whereElse(
  context: Context,
  unit: UnitOfWork,
  { service, environment }: Deployment,
): Promise<readonly string[]> {
  const highest = highestPlaces(await servicePlaces(context, unit, service));
  if (highest.length === 1 && highest[0] === environment) return [];
  return [`it is for ${environment} alone, and ${service} runs in ${highest.join(' and ')}`];
}

function whyNot({ toVersion }: Deployment, { entity, state, values }: DeploymentTarget): string[] {
  if (state === 'waiting') return [`${entity}: its wave comes later`];
  return values === undefined
    ? [`${entity}: ${toVersion} is not known to have succeeded there`]
    : [];
}

async function judged(
  context: Context,
  unit: UnitOfWork,
  targets: readonly DeploymentTarget[],
  suppression: string | undefined,
): Promise<OutsideReadiness> {
  const stored = await unit.constraints.all();
  const set = new ConstraintSet(stored.filter(({ id }) => id !== suppression));
  const names = targets.map(({ entity }) => entity);
  const batch = await loadGates(unit, await loadFacts(unit, names, replicaFacts(context), set));
  const { name: by, covers } = context.backups ?? releaseSnapshots;
  const at = context.clock.now().toISOString();
  const unmet: string[] = [];
  const backups: WantedBackup[] = [];
  for (const facts of batch) {
    const { entity } = facts.entityFacts;
    const proposal = proposePlan(facts.entityFacts, { force: true });
    if (proposal.kind === 'nothing') {
      if (proposal.code !== 'up_to_date') unmet.push(`${entity.name}: ${proposal.why}`);
      continue;
    }
    const base = proposal.plan.content.base?.releaseDigest;
    for (const { code, message } of judgePlan(set, facts, proposal.plan).result.violations) {
      if (code !== 'backup' || base === undefined) unmet.push(`${entity.name}: ${message}`);
      else {
        const request = { entity: entity.name, releaseDigest: base, by, covers, at } as const;
        backups.push({ request: { ...request, status: 'requested' }, entity });
      }
    }
  }
  return { unmet, backups };
}
