import { BASELINES_KEPT, type Plan, rolloutIn } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { RestoredContent } from './request-deployment.js';

/** So many plans of an entity that SUCCEEDED are looked through, the newest. */
const LOOKED_AT = 200;

/**
 * By entity, the values with which a version SUCCEEDED there last. What is not among the contents that are
 * remembered as baselines is taken from the plan that brought it, since the entity was last uninstalled; as
 * nothing else speaks for it any more, it is held by what holds any change, and that is noted. An entity is
 * left out where the version never SUCCEEDED, or longer ago than anybody looks.
 */
export async function restoredContents(
  unit: UnitOfWork,
  service: string,
  { environment, version }: { readonly environment: string; readonly version: string },
): Promise<ReadonlyMap<string, RestoredContent>> {
  const entities = await unit.entities.ofProductsIn([environment], [service]);
  const release = await unit.releases.get(service, version);
  const baselines = await unit.baselines.ofEntities(entities.map(({ name }) => name));
  const restored = new Map<string, RestoredContent>();
  if (release === undefined) return restored;
  const { sha256 } = release.chart;
  for (const { name, values: valuesBefore } of entities) {
    const known = baselines.find(({ entity, chart }) => entity === name && chart.sha256 === sha256);
    const plan = known === undefined ? await broughtLongAgo(unit, name, sha256) : undefined;
    const { values } = known ?? plan ?? {};
    if (values === undefined) continue;
    const note = plan && tellLongAgo(version, plan);
    restored.set(name, { values, valuesBefore, ...(note !== undefined && { note }) });
  }
  return restored;
}

async function broughtLongAgo(
  unit: UnitOfWork,
  entity: string,
  chartSha256: string,
): Promise<Plan | undefined> {
  const { items } = await unit.plans.list({ entity, state: 'SUCCEEDED' }, { limit: LOOKED_AT });
  const removed = items.findIndex(({ type }) => type === 'uninstall');
  const since = removed === -1 ? items : items.slice(0, removed);
  return since.find(
    ({ content, values, rolledBackBy }) =>
      content.chart?.sha256 === chartSha256 &&
      rolledBackBy === undefined &&
      rolloutIn(values) === undefined,
  );
}

function tellLongAgo(version: string, { id, endedAt = 'some time ago' }: Plan): string {
  return `${version} succeeded there by plan ${id} (${endedAt}), and is not among the last ${String(BASELINES_KEPT)} contents that are remembered: its values come back with it, and it waits as any change does`;
}
