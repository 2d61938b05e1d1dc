import {
  ConstraintSet,
  type Environment,
  isNewer,
  newestOf,
  refusal,
  type Refusal,
  type Release,
  selectTarget,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { loadFacts, type LoadedFacts } from '../engine/load-facts.js';
import { replicaFacts } from '../engine/replica-facts.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * The release that the engine would choose for a service by the channel of an environment: the newest that
 * may run and that nothing speaks against at any of the entities there, or if something does against all,
 * the newest, which then waits. Refused with `catalog/release_not_found` where the channel holds nothing that
 * may run, and with `deployment/below_running` where that is older than what runs there or is on its way,
 * unless what runs was recalled to go down: a channel alone never goes down.
 */
export async function newestInChannel(
  context: Context,
  unit: UnitOfWork,
  service: string,
  environment: Environment,
): Promise<Result<Release, Refusal>> {
  const { name, channel } = environment;
  const facts = await factsOf(context, unit, service, name);
  const entries = (await unit.channels.ofProducts([service])).filter(
    (entry) => entry.channel === channel,
  );
  const floor = newestOf([
    ...facts.flatMap(({ entityFacts }) => entityFacts.candidates.floor ?? []),
    ...(await onTheWay(unit, service, name)),
  ]);
  const chosen = selectTarget(
    { channel },
    {
      releases: await unit.releases.ofProducts([service]),
      channelVersions: new Set(entries.map(({ version }) => version)),
      recalls: await unit.recalls.ofProducts([service]),
      objections: (release) =>
        facts.flatMap(({ entityFacts }) => entityFacts.candidates.objections(release)),
      ...(floor !== undefined && { floor }),
    },
  );
  if (chosen.kind !== 'release') return err(nothingInChannel(service, environment));
  const { release, leaves } = chosen;
  const goesDown = floor !== undefined && isNewer(floor, release.version);
  return goesDown && leaves === undefined
    ? err(belowRunning(release, floor, environment))
    : ok(release);
}

async function factsOf(
  context: Context,
  unit: UnitOfWork,
  service: string,
  environment: string,
): Promise<readonly LoadedFacts[]> {
  const entities = await unit.entities.ofProductsIn([environment], [service]);
  const set = new ConstraintSet(await unit.constraints.all());
  const names = entities.map(({ name }) => name);
  return loadFacts(unit, names, replicaFacts(context), set);
}

/** What a deployment brings that goes on, so that a newer one waits behind it. */
async function onTheWay(
  unit: UnitOfWork,
  service: string,
  environment: string,
): Promise<readonly string[]> {
  const others = await unit.deployments.underWayAt([{ service, environment }]);
  return others
    .filter(({ status }) => status === 'deploying' || status === 'health_check')
    .map(({ toVersion }) => toVersion);
}

function nothingInChannel(service: string, { name, channel }: Environment): Refusal {
  return refusal(
    'catalog/release_not_found',
    `no release of ${service} that may run is in channel ${channel}, which environment ${name} follows; put one there (POST /api/v1/channels/${channel}/releases) or name a version`,
    { field: 'version' },
  );
}

function belowRunning(
  { product, version }: Release,
  running: string,
  { name, channel }: Environment,
): Refusal {
  const detail = `${running} of ${product} runs in ${name}, and the newest in channel ${channel} that may run is ${version}; a channel alone never goes down: name the version that is to run, or put a newer one into the channel first (POST /api/v1/channels/${channel}/releases)`;
  return refusal('deployment/below_running', detail, {
    field: 'version',
    data: { running, version },
  });
}
