import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DesiredState, Values } from '@apollo-deploy/domain';
import { sha256Hex } from '@apollo-deploy/kernel';
import { addToChannel } from '../catalog/add-to-channel.js';
import { adoptRelease, leaveRelease } from '../catalog/adopt-release.js';
import { type EntityInput, putEntity } from '../catalog/put-entity.js';
import { registerRelease } from '../catalog/register-release.js';
import type { Principal } from '../ports/principal.js';
import { EngineWorld, failed, must, personCalled, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';

const BOT: Principal = { kind: 'machine', name: 'bot', roles: [] };
const ANN = personCalled('ann');
const BOB = personCalled('bob');
const CY = personCalled('cy');

let world: EngineWorld;
let prod: OtherSpoke;
/** `aria` 1.0.0 runs in production as Cy has asked for it; 1.1.0 is proven. Ann, Bob and Di are sres. */
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  prod = await OtherSpoke.join(world, 'prod', 'production');
  for (const name of ['ann', 'bob', 'di']) await world.person(name, 'sre');
  await world.report({});
  await world.entity({ version: '1.1.0' });
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.1.0', revision: 1 });
  await prod.report();
  await world.context.store.transact(({ channels }) =>
    channels.add({
      ...{ channel: 'stable', product: 'aria', version: '1.1.0' },
      ...{ addedBy: 'dev-operator', addedAt: world.clock.now().toISOString() },
    }),
  );
  await edit(CY, { version: '1.1.0' });
  await go('di', { version: '1.1.0', revision: 1 });
});

async function edit(
  by: Principal,
  desired: DesiredState,
  change: Partial<EntityInput> & { readonly values?: Values } = {},
): Promise<void> {
  must(
    await putEntity(world.context, by, {
      ...{ name: 'aria-prod', spoke: 'prod', product: 'aria' },
      ...{ namespace: 'aria', releaseName: 'aria-prod', desired },
      ...change,
    }),
  );
  await world.settle();
}

async function approve(by: string) {
  const { id, digest } = await prod.lastPlan();
  const given = await world.engine.approvePlan(personCalled(by), id, { digest });
  await world.settle();
  return given.ok ? 'approved' : given.error.detail;
}

/** Somebody agrees to the plan that waits, and its spoke carries it out. */
async function go(approver: string, seen: Parameters<OtherSpoke['succeed']>[1]): Promise<void> {
  expect(await approve(approver)).toBe('approved');
  await prod.succeed((await prod.lastPlan()).id, seen);
  await world.settle();
}

const TWO = { values: { replicas: 2 } };
const THREE = { values: { replicas: 3 } };
const FOUR = { values: { replicas: 4 } };
const PIN = { version: '1.1.0' };

const leftOut = (name: string, deed: string): string =>
  `${name} ${deed}, and authors do not count for rule production; somebody else has to approve`;
const LAST = 'last edited what is desired';
const BEFORE = 'edited what is desired since it last went';

describe('who has edited what is desired', () => {
  it.each<{
    readonly name: string;
    readonly by: Principal;
    readonly desired?: DesiredState;
    readonly change?: Partial<EntityInput>;
  }>([
    { name: 'a machine says the same once more', by: BOT, change: TWO },
    { name: 'a colleague says the same once more', by: BOB, change: TWO },
    { name: 'a colleague gives it other labels', by: BOB, change: { ...TWO, labels: { a: 'b' } } },
    {
      name: 'somebody says the conflicts of fields that it has anyway',
      by: BOB,
      change: { ...TWO, fieldConflicts: 'override' },
    },
  ])('is still its last editor when $name', async ({ by, change }) => {
    await edit(ANN, PIN, TWO);
    const { digest } = await prod.lastPlan();
    await edit(by, PIN, change);
    expect((await prod.lastPlan()).digest).toBe(digest);
    expect(await approve('ann')).toBe(leftOut('ann', LAST));
    if (by === BOB) expect(await approve('bob')).toBe('approved');
  });

  it.each<{
    readonly name: string;
    readonly desired?: DesiredState;
    readonly change?: Partial<EntityInput>;
  }>([
    { name: 'other values', change: THREE },
    { name: 'a channel that brings the same', desired: { channel: 'stable' }, change: TWO },
    { name: 'refusing conflicts of fields', change: { ...TWO, fieldConflicts: 'refuse' } },
  ])('is an author beside who then asked for $name', async ({ desired = PIN, change }) => {
    await edit(ANN, PIN, TWO);
    await edit(BOB, desired, change);
    expect(await approve('ann')).toBe(leftOut('ann', BEFORE));
    expect(await approve('bob')).toBe(leftOut('bob', LAST));
    expect(await approve('di')).toBe('approved');
  });

  it('is an author however many follow, also who takes it back in between', async () => {
    await edit(ANN, PIN, TWO);
    await edit(BOT, PIN);
    await edit(BOT, PIN, TWO);
    await edit(CY, PIN, TWO);
    expect(await approve('ann')).toBe(leftOut('ann', BEFORE));
  });

  it('is an author no more once that has gone and somebody else edits', async () => {
    await edit(ANN, PIN, TWO);
    await edit(BOB, PIN, THREE);
    await go('di', { version: '1.1.0', revision: 2, ...THREE });
    await edit(CY, PIN, FOUR);
    expect(await approve('ann')).toBe('approved');
  });

  it('is an author of what comes next where it was edited while the plan was under way', async () => {
    await edit(CY, PIN, TWO);
    expect(await approve('di')).toBe('approved');
    await edit(ANN, PIN, THREE);
    await edit(BOB, PIN, FOUR);
    await prod.succeed((await prod.lastPlan()).id, { version: '1.1.0', revision: 2, ...TWO });
    await world.settle();
    expect(await approve('ann')).toBe(leftOut('ann', BEFORE));
  });

  it.each([
    { name: 'not yet', runsForMs: 10 * 60_000 - 1, expected: leftOut('ann', BEFORE) },
    { name: 'for ten minutes', runsForMs: 10 * 60_000, expected: 'approved' },
  ])(
    'is an author until it was taken back and what was there before ran as desired: $name',
    async ({ runsForMs, expected }) => {
      await edit(ANN, PIN, TWO);
      await edit(CY, PIN);
      world.clock.advance(runsForMs);
      await prod.heard();
      await world.engine.markDue();
      await world.settle();
      await edit(BOB, PIN, THREE);
      expect(await approve('ann')).toBe(expected);
    },
  );

  it('is an author no more of what ran as desired that no plan had brought', async () => {
    await edit(ANN, PIN, TWO);
    await prod.report({ version: '1.1.0', revision: 2, ...TWO });
    await world.settle();
    world.clock.advance(10 * 60_000);
    await prod.heard();
    await world.engine.markDue();
    await world.settle();
    await edit(BOB, PIN, THREE);
    expect(await approve('ann')).toBe('approved');
  });

  it('is an author no more of an adoption that has gone, asked for of a hub that kept no edits', async () => {
    await prod.report({ version: '1.1.0', revision: 1, unmanaged: true });
    must(await adoptRelease(world.context, ANN, { name: 'aria-prod' }));
    await world.context.store.transact(async ({ entities }) => {
      const { edits: _, ...kept } = (await entities.get('aria-prod'))!;
      must(await entities.save(kept));
    });
    await world.settle();
    await go('di', { version: '1.1.0', revision: 2 });
    await edit(BOB, PIN, THREE);
    expect(await approve('ann')).toBe('approved');
  });

  it('is an author still where the plan has failed', async () => {
    await edit(ANN, PIN, TWO);
    expect(await approve('di')).toBe('approved');
    await prod.result(failed('refused'));
    await edit(BOB, PIN, THREE);
    expect(await approve('ann')).toBe(leftOut('ann', BEFORE));
  });

  it('is an author where what they edited was adopted by somebody else', async () => {
    await prod.report({ version: '1.0.0', revision: 1, unmanaged: true });
    await edit(ANN, PIN, TWO);
    const { context } = world;
    must(await adoptRelease(context, BOB, { name: 'aria-prod' }));
    await world.settle();
    expect(await approve('ann')).toBe(leftOut('ann', BEFORE));
    expect(await approve('bob')).toBe(leftOut('bob', LAST));
    must(await leaveRelease(context, CY, { name: 'aria-prod' }));
    const { editedBy } = (await context.store.transact((unit) => unit.entities.get('aria-prod')))!;
    expect(editedBy).toBe('cy');
  });
});

describe('a plan that a machine has brought about', () => {
  /** Its release is proven in the lower tier, and in the channel that production is told to follow. */
  async function brought(by: { readonly release: Principal; readonly channel: Principal }) {
    const { context } = world;
    const chart = { name: 'aria', version: '1.2.0', sha256: sha256Hex('aria 1.2.0'), size: 4 };
    must(
      await registerRelease(context, by.release, {
        ...{ product: 'aria', version: '1.2.0', chart },
        ...{ bytes: new Uint8Array([1, 2, 3, 4]), dependencies: [], requires: [] },
      }),
    );
    await world.entity({ version: '1.2.0' });
    await world.settle();
    await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.2.0', revision: 2 });
    const added = { channel: 'stable', product: 'aria', version: '1.2.0' };
    must(await addToChannel(context, by.channel, added));
    await edit(BOT, { channel: 'stable' });
  }

  it.each([
    {
      name: 'made the release',
      by: { release: ANN, channel: BOT },
      deed: 'made the release',
    },
    {
      name: 'put the release into the channel',
      by: { release: BOT, channel: ANN },
      deed: 'put the release into the channel',
    },
  ])('is not approved by the person who $name', async ({ by, deed }) => {
    await brought(by);
    expect(await approve('ann')).toBe(leftOut('ann', deed));
    expect(await approve('bob')).toBe('approved');
  });
});
