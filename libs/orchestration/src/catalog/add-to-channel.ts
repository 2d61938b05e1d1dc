import { type Entity, recallOf, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { ChannelEntry } from '../ports/catalog-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { checkName, checkVersion, firstRefusal } from './check-fields.js';
import { productNotFound } from './register-release.js';

export interface ChannelAddition {
  readonly channel: string;
  readonly product: string;
  readonly version: string;
}

/**
 * Puts a registered release into a channel; everything that follows the channel is evaluated. Doing
 * it twice changes nothing.
 */
export async function addToChannel(
  context: Context,
  principal: Principal,
  { channel, product, version }: ChannelAddition,
): Promise<Result<ChannelEntry, Refusal>> {
  const bad = firstRefusal([checkName('channel', channel), checkVersion('version', version)]);
  if (bad !== undefined) return err(bad);
  const entry: ChannelEntry = {
    channel,
    product,
    version,
    addedAt: context.clock.now().toISOString(),
    addedBy: principal.name,
  };
  return context.store.transact(async (unit) => {
    if ((await unit.products.get(product)) === undefined) return err(productNotFound(product));
    if ((await unit.releases.get(product, version)) === undefined) {
      return err(
        refusal(
          'catalog/release_not_found',
          `${product} has no release ${version}; register it first (POST /api/v1/releases)`,
          { field: 'version' },
        ),
      );
    }
    if (!(await unit.channels.add(entry))) return ok(entry);
    const entities = await unit.entities.ofProduct(product);
    const followers = entities.filter(
      ({ desired }) => 'channel' in desired && desired.channel === channel,
    );
    const pinned = await recalledPins(unit, entry, entities);
    await unit.dirty.mark([...followers, ...pinned].map(({ name }) => name));
    await record(context, unit, principal, {
      action: 'channel.add',
      subject: `channel/${channel}`,
      detail: { product, version },
    });
    return ok(entry);
  });
}

/** Those pinned to what is recalled: a pin then gives way to the channel of its environment. */
async function recalledPins(
  unit: UnitOfWork,
  { channel, product }: ChannelEntry,
  entities: readonly Entity[],
): Promise<readonly Entity[]> {
  const recalls = await unit.recalls.ofProducts([product]);
  if (recalls.length === 0) return [];
  const pinned = entities.filter(
    ({ desired }) => 'version' in desired && recallOf(recalls, desired.version) !== undefined,
  );
  const environments = await unit.environments.getMany([
    ...new Set(pinned.map(({ environment }) => environment)),
  ]);
  const fed = environments.filter((one) => one.channel === channel).map(({ name }) => name);
  return pinned.filter(({ environment }) => fed.includes(environment));
}
