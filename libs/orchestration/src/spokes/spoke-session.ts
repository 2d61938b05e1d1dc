import { type Environment, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result, sha256Hex } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { findNeighbours } from '../engine/find-neighbours.js';
import type { SpokeHello, SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { markChangedCapabilities } from './capabilities.js';
import { pauseRunsOf } from './note-runs.js';

/** A spoke's admitted connection. Its epoch fences every write it makes. */
export interface SpokeSession {
  readonly spoke: string;
  readonly environment: Environment['name'];
  readonly epoch: number;
}

/**
 * Who holds this token. Refused if nobody does, it was not used in time, or the spoke is revoked.
 * The refusals do not tell which spokes exist.
 */
export async function authenticateSpoke(
  context: Context,
  token: string,
): Promise<Result<{ readonly spoke: string }, Refusal>> {
  const found = await context.store.transact((unit) => unit.spokes.byTokenHash(sha256Hex(token)));
  if (found === undefined) return err(unauthenticated());
  if (found.revoked) {
    return err(refusal('spoke/revoked', `spoke ${found.name} is revoked; ask for a new token`));
  }
  const tooLate = Date.parse(found.tokenExpiresAt) <= context.clock.now().getTime();
  return !found.tokenUsed && tooLate ? err(unauthenticated()) : ok({ spoke: found.name });
}

function unauthenticated(): Refusal {
  return refusal(
    'spoke/unauthenticated',
    'the token is not valid, or was not used within an hour; make a new one (POST /api/v1/join-tokens)',
  );
}

/**
 * Opens a session: the epoch rises, so an older session of this spoke can write no more. `skewMs`: how
 * far its clock is ahead of the hub's.
 */
export async function openSession(
  context: Context,
  spoke: string,
  hello: SpokeHello,
  skewMs?: number,
): Promise<Result<SpokeSession, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await unit.spokes.lock(spoke);
    if (stored === undefined) return err(unauthenticated());
    if (stored.revoked) return err(refusal('spoke/revoked', `spoke ${spoke} is revoked`));
    if (stored.hello !== undefined && stored.hello.clusterUid !== hello.clusterUid) {
      return refuseOtherCluster(context, unit, stored, hello);
    }
    await pauseRunsOf(unit, stored);
    const epoch = stored.epoch + 1;
    await unit.spokes.save({
      ...stored,
      ...(skewMs !== undefined && { clockSkewMs: skewMs }),
      epoch,
      hello,
      tokenUsed: true,
      connected: true,
      lastSeenAt: context.clock.now().toISOString(),
    });
    await markOpenWork(unit, spoke);
    await markChangedCapabilities(unit, stored, hello);
    await record(
      context,
      unit,
      { kind: 'spoke', name: spoke, roles: [] },
      {
        action: 'spoke.connect',
        subject: `spoke/${spoke}`,
        detail: { epoch, clusterUid: hello.clusterUid, agentVersion: hello.agentVersion },
      },
    );
    return ok({ spoke, environment: stored.environment, epoch });
  });
}

/** One token, two clusters: a copy of the token, or a cluster that was made anew. A person decides. */
async function refuseOtherCluster(
  context: Context,
  unit: UnitOfWork,
  { name, hello: known }: SpokeRecord,
  hello: SpokeHello,
): Promise<Result<never, Refusal>> {
  await record(
    context,
    unit,
    { kind: 'spoke', name, roles: [] },
    {
      action: 'spoke.cluster_mismatch',
      subject: `spoke/${name}`,
      detail: { known: known?.clusterUid ?? null, said: hello.clusterUid },
    },
  );
  return err(
    refusal(
      'spoke/other_cluster',
      `spoke ${name} belongs to another cluster; make a new token for it to move (POST /api/v1/join-tokens)`,
    ),
  );
}

/**
 * Notes that a session's connection is gone. A newer session is not touched. The spoke stays seen when it
 * was last heard, `heardAt` if that is later than what is stored: that nobody hears it any more is no
 * word of its own, and how long it has been silent counts from the last one.
 */
export async function closeSession(
  context: Context,
  session: SpokeSession,
  heardAt?: string,
): Promise<void> {
  await context.store.transact(async (unit) => {
    const stored = await unit.spokes.lock(session.spoke);
    if (stored?.epoch !== session.epoch || !stored.connected) return;
    const left = { ...heardBy(stored, heardAt), connected: false };
    await pauseRunsOf(unit, left);
    await unit.spokes.save(left);
    await markOpenWork(unit, session.spoke);
    await record(
      context,
      unit,
      { kind: 'spoke', name: session.spoke, roles: [] },
      {
        action: 'spoke.disconnect',
        subject: `spoke/${session.spoke}`,
        detail: { epoch: session.epoch },
      },
    );
  });
}

/** What is stored may be some seconds behind the replica that holds the connection. */
function heardBy(stored: SpokeRecord, heardAt: string | undefined): SpokeRecord {
  if (heardAt === undefined) return stored;
  const known = Date.parse(stored.lastSeenAt ?? heardAt);
  return Date.parse(heardAt) < known ? stored : { ...stored, lastSeenAt: heardAt };
}

/** The spoke's record, locked, if the session is still its newest; else a refusal. */
export async function fenced(
  unit: UnitOfWork,
  { spoke, epoch }: SpokeSession,
): Promise<Result<SpokeRecord, Refusal>> {
  const stored = await unit.spokes.lock(spoke);
  if (stored === undefined || stored.epoch !== epoch) {
    return err(refusal('spoke/superseded', `a newer session of spoke ${spoke} has taken over`));
  }
  return stored.revoked ? err(refusal('spoke/revoked', `spoke ${spoke} is revoked`)) : ok(stored);
}

/**
 * Plans that wait for the spoke, or may have to, are looked at again: its own, and those around what
 * runs there, because a spoke that is away has nothing that is known to run.
 */
export async function markOpenWork(unit: UnitOfWork, ...spokes: readonly string[]): Promise<void> {
  const entities = await unit.entities.ofSpokes(spokes);
  if (entities.length === 0) return;
  const around = await findNeighbours(unit, entities);
  const names = new Set([...entities.map(({ name }) => name), ...namesIn(around)]);
  const open = await unit.plans.openOf([...names]);
  await unit.dirty.mark(open.map(({ entity }) => entity));
}

function namesIn(around: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  return [...around.values()].flatMap((names) => [...names]);
}
