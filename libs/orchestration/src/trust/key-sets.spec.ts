import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KeySetContent, KeySetRecord } from '../ports/key-sets.js';
import { admitted } from '../testing/joined-spoke.js';
import { HELLO } from '../testing/engine-world.js';
import { must, PERSON } from '../testing/must.js';
import { TrustScene } from '../testing/trust-scene.js';
import { openSession } from '../spokes/spoke-session.js';
import { recordTrust } from '../spokes/record-trust.js';
import { addKeySet, ensureKeySet, type KeySetDemand } from './add-key-set.js';
import { storeNextKey } from './store-next-key.js';

const refusedFor = (code: string) => ({ ok: false, error: { code } });

function aSet(version: number, ...publicKeys: readonly string[]): KeySetContent {
  const keys = publicKeys.map((publicKey) => ({
    ...{ keyId: `id of ${publicKey}`, publicKey },
    purpose: 'plan' as const,
  }));
  return { version, threshold: 1, keys };
}

/** A demand whose set is signed by the holder of these keys. */
function signed(set: KeySetContent, by: readonly string[], lost = false): KeySetDemand {
  const isSignedBy = ({ keys }: KeySetContent): boolean =>
    keys.some(({ publicKey }) => by.includes(publicKey));
  return { set, envelope: { signed: by.join() }, isSignedBy, lost, mostAhead: 1000 };
}

describe('the key sets of a hub', () => {
  let scene: TrustScene;
  beforeEach(async () => {
    scene = await TrustScene.build();
  });

  const add = (demand: KeySetDemand) => addKeySet(scene.context, PERSON, demand);
  const newest = (): Promise<KeySetRecord | undefined> =>
    scene.context.store.transact((unit) => unit.keySets.newest());

  it('begin with the keys of the first replica that has some, once', async () => {
    const first = await ensureKeySet(scene.context, signed(aSet(1, 'a'), ['a']));
    expect(first).toMatchObject({ version: 1, addedBy: 'engine' });
    const second = await ensureKeySet(scene.context, signed(aSet(1, 'b'), ['b']));
    expect(second).toEqual(first);
    expect(await newest()).toEqual(first);
  });

  it('go on by what the keys of before have signed, which is recorded', async () => {
    must(await add(signed(aSet(1, 'a'), ['a'])));
    must(await add(signed(aSet(2, 'a', 'b'), ['a'])));
    must(await add(signed(aSet(5, 'b'), ['b'])));
    expect(await newest()).toMatchObject({ version: 5, addedBy: PERSON.name });
    const trail = await scene.context.store.transact((unit) =>
      unit.audit.list({ subject: 'key-set/2' }, { limit: 10 }),
    );
    expect(trail.items).toMatchObject([
      { action: 'keys.add', detail: { threshold: 1, keyIds: ['id of a', 'id of b'] } },
    ]);
  });

  it.each([
    {
      name: 'the keys of before have not signed',
      demand: signed(aSet(3, 'b'), ['b']),
      code: 'keys/not_signed',
    },
    { name: 'is of the same version', demand: signed(aSet(2, 'b'), ['a']), code: 'keys/not_newer' },
    { name: 'is of a lower version', demand: signed(aSet(1, 'b'), ['a']), code: 'keys/not_newer' },
    {
      name: 'is of a lower version, the keys being lost',
      demand: signed(aSet(1, 'b'), ['b'], true),
      code: 'keys/not_newer',
    },
    {
      name: 'leaves no version after it, the keys being lost',
      demand: signed(aSet(Number.MAX_SAFE_INTEGER, 'b'), ['b'], true),
      code: 'keys/not_acceptable',
    },
    {
      name: 'is 1001 ahead',
      demand: signed(aSet(1003, 'b'), ['a']),
      code: 'keys/not_acceptable',
    },
    {
      name: 'is over',
      demand: signed({ ...aSet(3, 'a'), expiresAt: '2026-01-05T09:00:00Z' }, ['a']),
      code: 'keys/not_acceptable',
    },
  ])('do not go on to one that $name', async ({ demand, code }) => {
    must(await add(signed(aSet(2, 'a'), ['a'])));
    expect(await add(demand)).toMatchObject(refusedFor(code));
    expect(await newest()).toMatchObject({ version: 2 });
  });

  it('go on by a thousand versions', async () => {
    expect(await add(signed(aSet(1001, 'a'), ['a']))).toMatchObject(
      refusedFor('keys/not_acceptable'),
    );
    must(await add(signed(aSet(1000, 'a'), ['a'])));
    must(await add(signed(aSet(2000, 'a'), ['a'])));
  });

  it('begin anew where the keys of before are lost, and that is recorded', async () => {
    must(await add(signed(aSet(1, 'a'), ['a'])));
    must(await add(signed(aSet(2, 'b'), ['b'], true)));
    expect(await newest()).toMatchObject({ version: 2 });
    const trail = await scene.context.store.transact((unit) =>
      unit.audit.list({ subject: 'key-set/2' }, { limit: 10 }),
    );
    expect(trail.items).toMatchObject([{ detail: { lost: true } }]);
  });

  it('hold no key of a spoke, nor one that it is to have next', async () => {
    await scene.joined();
    const next = { publicKey: 'next-1', isOfferedBy: () => true };
    const session = must(await openSession(scene.context, admitted('dev', 'key-1'), HELLO));
    must(await storeNextKey(scene.context, session, next));
    for (const key of ['key-1', 'next-1']) {
      const added = await add(signed(aSet(1, 'a', key), ['a']));
      expect(added).toMatchObject(refusedFor('keys/not_acceptable'));
    }
  });

  it('keep their keys to themselves: no spoke joins with one, or changes to one', async () => {
    must(await add(signed(aSet(1, 'key-1', 'a'), ['a'])));
    must(await add(signed(aSet(2, 'a'), ['a'])));
    await scene.token('token-1', { clusterUid: 'cluster-1' });
    expect(await scene.join()).toMatchObject(refusedFor('spoke/key_in_use'));
    must(await scene.join({ publicKey: 'key-2' }));
    const session = must(await openSession(scene.context, admitted('dev', 'key-2'), HELLO));
    const next = { publicKey: 'key-1', isOfferedBy: () => true };
    const kept = await storeNextKey(scene.context, session, next);
    expect(kept).toMatchObject(refusedFor('spoke/key_in_use'));
  });

  it('are told to a spoke that joins: the newest', async () => {
    await scene.token('token-1');
    expect(must(await scene.join())).not.toHaveProperty('keySet');
    must(await add(signed(aSet(1, 'a'), ['a'])));
    must(await add(signed(aSet(2, 'b'), ['a'])));
    expect(must(await scene.join()).keySet).toEqual(aSet(2, 'b'));
  });

  it('are known of each spoke: which one it goes by, as it says at first and later', async () => {
    await scene.joined();
    const trusts = { version: 1, threshold: 1, keyIds: ['a'] };
    const hello = { ...HELLO, trusts };
    const session = must(await openSession(scene.context, admitted('dev', 'key-1'), hello));
    expect((await scene.spoke()).hello?.trusts).toEqual(trusts);
    const next = { version: 2, threshold: 1, keyIds: ['a', 'b'] };
    must(await recordTrust(scene.context, session, next));
    expect((await scene.spoke()).hello).toEqual({ ...hello, trusts: next });
    expect(await scene.audit()).toContain('spoke.trusts');
  });
});
