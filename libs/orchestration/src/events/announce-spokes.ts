import type { Json } from '@apollo-deploy/kernel';
import type { SpokeRecord } from '../ports/records.js';
import type { SpokeRepository } from '../ports/fleet-repositories.js';
import type { EventDrafts } from './event-drafts.js';
import { lossOf } from '../spokes/note-lost-ledgers.js';
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
    ...trustChanges(before, after),
    ...(connected ? ['spoke.connected'] : []),
    ...(before.connected && !after.connected ? ['spoke.disconnected'] : []),
    ...(reported ? ['spoke.reported'] : []),
    ...blindness(before, after),
    ...(after.lostLedgers?.some((loss) => lossOf(before, loss) === undefined) === true
      ? ['spoke.ledger_lost']
      : []),
  ];
}

function trustChanges(before: SpokeRecord, after: SpokeRecord): readonly string[] {
  const [was, is] = [before.credential, after.credential];
  const accepted = is?.acceptedAt !== undefined && was?.acceptedAt !== is.acceptedAt;
  const alarmed = after.alarm !== undefined && before.alarm?.at !== after.alarm.at;
  return [
    ...(was?.joinedAt === is?.joinedAt ? [] : ['spoke.joined']),
    ...(accepted ? ['spoke.accepted'] : []),
    ...(before.revoked || !after.revoked ? [] : ['spoke.revoked']),
    ...(alarmed ? ['spoke.alarm'] : []),
  ];
}

/** A session that ended, or another that began, is told by itself. */
function blindness(before: SpokeRecord, after: SpokeRecord): readonly string[] {
  const was = before.hello?.blindSince !== undefined;
  const is = after.hello?.blindSince !== undefined;
  if (was === is || before.epoch !== after.epoch) return [];
  return [is ? 'spoke.blind' : 'spoke.sees_again'];
}

function dataOf({
  connected,
  revoked,
  credential,
  alarm,
  hello,
  stateGeneration,
  lostLedgers,
}: SpokeRecord): Readonly<Record<string, Json>> {
  return {
    connected,
    revoked,
    accepted: credential?.acceptedAt !== undefined,
    ...(alarm !== undefined && { alarm: { kind: alarm.kind, message: alarm.message } }),
    ...(hello !== undefined && { agentVersion: hello.agentVersion }),
    ...(hello?.blindSince !== undefined && { blindSince: hello.blindSince }),
    ...(stateGeneration !== undefined && { generation: stateGeneration }),
    ...(lostLedgers !== undefined && {
      lostLedgers: lostLedgers.map(({ namespace, releaseName }) => `${namespace}/${releaseName}`),
    }),
  };
}
