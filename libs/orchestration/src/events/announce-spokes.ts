import type { Json } from '@apollo-deploy/kernel';
import type { SpokeRecord } from '../ports/records.js';
import type { SpokeRepository } from '../ports/fleet-repositories.js';
import type { EventDrafts } from './event-drafts.js';
import { overlaid } from './overlaid.js';

/** Spokes that say what becomes of them. That one is heard again and again is no event. */
export function announceSpokes(spokes: SpokeRepository, drafts: EventDrafts): SpokeRepository {
  const locked = new Map<string, SpokeRecord>();
  const announce = (type: string, spoke: SpokeRecord): void => {
    const { name, environment } = spoke;
    drafts.add(type, { kind: 'spoke', name, environment }, dataOf(spoke));
  };
  return overlaid(spokes, {
    async lock(name) {
      const spoke = await spokes.lock(name);
      if (spoke !== undefined) locked.set(name, spoke);
      return spoke;
    },
    async insert(spoke) {
      const inserted = await spokes.insert(spoke);
      if (inserted.ok) announce('spoke.registered', inserted.value);
      return inserted;
    },
    async save(spoke) {
      const before = locked.get(spoke.name) ?? (await spokes.get(spoke.name));
      await spokes.save(spoke);
      locked.set(spoke.name, spoke);
      for (const type of before === undefined ? [] : changesOf(before, spoke))
        announce(type, spoke);
    },
  });
}

function changesOf(before: SpokeRecord, after: SpokeRecord): readonly string[] {
  const connected = after.connected && (!before.connected || before.epoch !== after.epoch);
  const reported =
    before.stateGeneration !== after.stateGeneration || before.stateEpoch !== after.stateEpoch;
  return [
    ...(before.tokenHash === after.tokenHash ? [] : ['spoke.registered']),
    ...(before.revoked || !after.revoked ? [] : ['spoke.revoked']),
    ...(connected ? ['spoke.connected'] : []),
    ...(before.connected && !after.connected ? ['spoke.disconnected'] : []),
    ...(reported ? ['spoke.reported'] : []),
  ];
}

function dataOf({
  connected,
  revoked,
  hello,
  stateGeneration,
}: SpokeRecord): Readonly<Record<string, Json>> {
  return {
    connected,
    revoked,
    ...(hello !== undefined && { agentVersion: hello.agentVersion }),
    ...(stateGeneration !== undefined && { generation: stateGeneration }),
  };
}
