import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, HELLO, must, PERSON } from '../testing/engine-world.js';
import { openBreakGlass } from '../break-glass/open-break-glass.js';
import { NotingSigner } from '../testing/noting-signer.js';
import { OrchestrationEngine } from './orchestration-engine.js';

const SIGNS = { capabilities: [...HELLO.capabilities, 'signed_plans'] };

describe('the offer of a plan', () => {
  let world: EngineWorld;
  let signer: NotingSigner;
  beforeEach(async () => {
    world = await EngineWorld.build();
    signer = new NotingSigner();
    await world.connect(SIGNS);
    await world.report({});
    await world.entity();
  });

  async function think(withKey: boolean): Promise<OrchestrationEngine> {
    const context = { ...world.context, ...(withKey && { signer }) };
    const engine = new OrchestrationEngine(context, (entity) => world.bugs.push(entity));
    while ((await engine.drainOnce()) > 0);
    return engine;
  }

  async function offers(): Promise<readonly unknown[]> {
    const pending = await world.context.store.transact((unit) => unit.outbox.pending(['dev']));
    return pending.map(({ payload }) => payload);
  }

  it('is signed for its spoke in its cluster, and nothing of it goes beside the envelope', async () => {
    await think(true);
    const plan = await world.lastPlan();
    expect(await offers()).toEqual([{ planId: plan.id, attempt: 1, envelope: { envelope: 1 } }]);
    expect(signer.signed).toMatchObject([
      {
        ...{ planId: plan.id, attempt: 1, digest: plan.digest, chartBytes: 4, approvals: [] },
        audience: { spoke: 'dev', clusterUid: 'cluster-1' },
        notBefore: '2026-01-05T09:00:00.000Z',
        expiresAt: '2026-01-05T09:02:00.000Z',
      },
    ]);
  });

  it.each([
    { name: 'a spoke that reads it', capabilities: ['break_glass'], told: true },
    { name: 'one of a version before, which would refuse it', capabilities: [], told: false },
  ])('says by which break-glass it goes, to $name: $told', async ({ capabilities, told }) => {
    await world.connect({ capabilities: [...SIGNS.capabilities, ...capabilities] });
    await world.report({});
    const freeze = { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Fair' };
    await world.constraint({ name: 'freeze', kind: 'suppression_window', spec: freeze });
    const until = '2026-01-05T11:00:00.000Z';
    const asked = { product: 'aria', environment: 'dev', waives: ['window'], until } as const;
    const reason = 'Orders are lost at the till';
    const { id } = must(await openBreakGlass(world.context, PERSON, { ...asked, reason }));
    await think(true);
    const glass = { id, waives: ['window'], by: PERSON.name, reason, until };
    expect(signer.signed.map(({ breakGlass }) => breakGlass)).toEqual([told ? [glass] : undefined]);
  });

  it('is not made by a replica without a key, until one that has it comes by', async () => {
    const keyless = await think(false);
    const plan = await world.lastPlan();
    expect(plan.state).toBe('PENDING');
    expect(await offers()).toEqual([]);
    expect(await keyless.executePlan(PERSON, plan.id)).toMatchObject({
      ok: false,
      error: { code: 'plan/not_signed' },
    });
    expect(must(await keyless.explain(plan.id)).unmet).toMatchObject([
      { code: 'not_signed', data: { spoke: 'dev', keySet: null } },
    ]);
    const engine = await think(true);
    expect(must(await engine.explain(plan.id)).unmet).toEqual([]);
    must(await engine.executePlan(PERSON, plan.id));
    expect(signer.signed).toHaveLength(1);
  });

  it('is plain for a spoke that trusts whatever its hub says', async () => {
    await world.connect();
    await world.report({});
    await think(true);
    expect(await offers()).toMatchObject([{ content: { entity: 'aria-dev' } }]);
    expect(signer.signed).toEqual([]);
  });

  it('is not signed of a plan whose constraints hold no more', async () => {
    await think(false);
    await world.constraint({
      name: 'stop',
      kind: 'suppression_window',
      spec: { start: '2026-01-05T09:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    const engine = await think(true);
    const refused = await engine.executePlan(PERSON, (await world.lastPlan()).id);
    expect(refused).toMatchObject({ ok: false, error: { code: 'plan/not_ready' } });
    expect(signer.signed).toEqual([]);
  });

  it.each([
    {
      name: 'a key that the replica has',
      trusts: { threshold: 1, keyIds: ['key-a', 'b'] },
      sent: 1,
    },
    { name: 'other keys', trusts: { threshold: 1, keyIds: ['key-b'] }, sent: 0 },
    {
      name: 'two keys, of which it has one',
      trusts: { threshold: 2, keyIds: ['key-a', 'b'] },
      sent: 0,
    },
    {
      name: 'a key that counts no longer',
      trusts: { threshold: 1, keyIds: ['key-a'], expiresAt: '2026-01-05T09:00:00Z' },
      sent: 0,
    },
  ])('goes to a spoke that goes by $name: $sent', async ({ trusts, sent }) => {
    await world.connect({ ...SIGNS, trusts: { version: 3, ...trusts } });
    await world.report({});
    const engine = await think(true);
    const plan = await world.lastPlan();
    expect(await offers()).toHaveLength(sent);
    expect(plan.state).toBe(sent === 1 ? 'EXECUTING' : 'PENDING');
    const { unmet } = must(await engine.explain(plan.id));
    if (sent === 1) {
      expect(unmet).toEqual([]);
      return;
    }
    const said = expect.stringContaining('spoke dev goes by key set 3, which');
    const data = { spoke: 'dev', keySet: 3 };
    expect(unmet).toEqual([{ code: 'not_signed', message: said, data }]);
    expect(await engine.executePlan(PERSON, plan.id)).toMatchObject({
      ok: false,
      error: { code: 'plan/not_signed', detail: expect.stringContaining('key set 3') },
    });
  });
});
