import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { KeySetContent, KeySetRecord } from '../ports/key-sets.js';
import { ENGINE, type Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** A key set that enough of its own keys have signed. */
export interface SignedKeySet {
  readonly set: KeySetContent;
  readonly envelope: KeySetRecord['envelope'];
  /** Whether enough keys of this other one have signed it as well. */
  readonly isSignedBy: (other: KeySetContent) => boolean;
}

export interface KeySetDemand extends SignedKeySet {
  /**
   * The keys of before are lost: it need not be signed by them. Spokes that go by those do not go on to
   * it; their owners give them the new ones.
   */
  readonly lost: boolean;
  /** By so many its version may be ahead of the newest: spokes go on no further at once. */
  readonly mostAhead: number;
}

const PAGE = 200;

/**
 * Adds the key set that follows on the newest one, and tells all replicas, which send it to the spokes.
 * Spokes check by themselves whether it follows; what is refused here, they would refuse.
 */
export async function addKeySet(
  context: Context,
  principal: Principal,
  { set, envelope, isSignedBy, lost, mostAhead }: KeySetDemand,
): Promise<Result<KeySetRecord, Refusal>> {
  return context.store.transact(async (unit) => {
    const newest = await unit.keySets.newest();
    const objection =
      untimely(set, newest, context.clock.now()) ??
      tooFarAhead(set, newest, mostAhead) ??
      (await keyOfSpoke(unit, set)) ??
      null;
    if (objection !== null) return err(objection);
    if (newest !== undefined && !lost && !isSignedBy(newest)) return err(notFollowing(newest));
    return add(context, unit, principal, { set, envelope, lost });
  });
}

/** Makes this the first key set, if there is none. Answers the newest one. */
export async function ensureKeySet(
  context: Context,
  { set, envelope }: Pick<SignedKeySet, 'set' | 'envelope'>,
): Promise<KeySetRecord> {
  return context.store.transact(async (unit) => {
    const newest = await unit.keySets.newest();
    if (newest !== undefined) return newest;
    const added = await add(context, unit, ENGINE, { set, envelope, lost: false });
    if (added.ok) return added.value;
    // Another replica was faster.
    return (await unit.keySets.newest()) ?? { ...set, envelope, ...by(context, ENGINE) };
  });
}

async function add(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { set, envelope, lost }: Omit<KeySetDemand, 'isSignedBy' | 'mostAhead'>,
): Promise<Result<KeySetRecord, Refusal>> {
  const { version, threshold, keys, expiresAt } = set;
  const inserted = await unit.keySets.insert({ ...set, envelope, ...by(context, principal) });
  if (!inserted.ok) return err(notNewer(set, version));
  await record(context, unit, principal, {
    action: 'keys.add',
    subject: `key-set/${version}`,
    detail: {
      threshold,
      keyIds: keys.map(({ keyId }) => keyId),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(lost && { lost }),
    },
  });
  return ok(inserted.value);
}

function by(context: Context, { name }: Principal): Pick<KeySetRecord, 'addedAt' | 'addedBy'> {
  return { addedAt: context.clock.now().toISOString(), addedBy: name };
}

function untimely(
  set: KeySetContent,
  newest: KeySetRecord | undefined,
  now: Date,
): Refusal | undefined {
  const { version, expiresAt } = set;
  if (newest !== undefined && version <= newest.version) return notNewer(set, newest.version);
  if (expiresAt === undefined || Date.parse(expiresAt) > now.getTime()) return undefined;
  return refusal('keys/not_acceptable', `the key set ended at ${expiresAt}; sign one that lasts`);
}

/** The last version there is would be the last of all, whoever has the keys. */
function tooFarAhead(
  { version }: KeySetContent,
  newest: KeySetRecord | undefined,
  mostAhead: number,
): Refusal | undefined {
  const before = newest?.version ?? 0;
  if (version <= before + mostAhead) return undefined;
  const detail = `the key set is version ${version}; accepted are versions up to ${before + mostAhead}: sign one with version ${before + 1}`;
  return refusal('keys/not_acceptable', detail);
}

function notNewer({ version }: KeySetContent, newest: number): Refusal {
  const detail = `the newest key set is version ${newest}, and this one is ${version}; sign one with version ${newest + 1}`;
  return refusal('keys/not_newer', detail);
}

function notFollowing({ version, threshold }: KeySetRecord): Refusal {
  return refusal(
    'keys/not_signed',
    `${threshold} of the keys of version ${version} have to sign the next key set, and did not; sign it with them (apolloctl keys cosign), or say lost=true if they are lost, and give each spoke the new keys`,
  );
}

/** The key of a spoke vouches for that spoke, and for nothing else. */
async function keyOfSpoke(unit: UnitOfWork, { keys }: KeySetContent): Promise<Refusal | undefined> {
  const publicKeys = new Set(keys.map(({ publicKey }) => publicKey));
  let after: string | undefined;
  do {
    const page = await unit.spokes.list({ limit: PAGE, ...(after !== undefined && { after }) });
    const owner = page.items.find(({ credential }) =>
      [credential?.publicKey, credential?.nextPublicKey].some((key) => publicKeys.has(key ?? '')),
    );
    if (owner !== undefined) {
      const detail = `one of the keys is the key of spoke ${owner.name}; one key has one purpose: make another one`;
      return refusal('keys/not_acceptable', detail);
    }
    after = page.next;
  } while (after !== undefined);
  return undefined;
}
