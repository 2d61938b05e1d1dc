import {
  type Authors,
  authorsOf,
  earlierEditors,
  type Entity,
  type Plan,
  type Release,
} from '@apollo-deploy/domain';
import type { ChannelEntry } from '../ports/catalog-repositories.js';

/** What says whose work the content of a plan is. */
interface ContentSources {
  readonly entity: Entity;
  /** What succeeded there last, if anything did. */
  readonly baseline: Parameters<typeof earlierEditors>[1];
  /** What it brings; absent: nothing, or what is in no catalog. */
  readonly release: Pick<Release, 'createdBy'> | undefined;
  /** Those of its product. */
  readonly channelEntries: readonly ChannelEntry[];
}

/** A channel counts where the entity follows it: what it brings is the work of who put it there. */
export function authorsOfContent(
  { to }: Pick<Plan, 'to'>,
  { entity, baseline, release, channelEntries }: ContentSources,
): Authors {
  const { desired, editedBy } = entity;
  const entry =
    'channel' in desired
      ? channelEntries.find(
          ({ channel, version }) => channel === desired.channel && version === to?.version,
        )
      : undefined;
  return authorsOf({
    desired: editedBy,
    edited: earlierEditors(entity, baseline),
    ...(release !== undefined && { release: release.createdBy }),
    ...(entry !== undefined && { channel: entry.addedBy }),
  });
}
