import type { PlanSigner } from '@apollo-deploy/orchestration';
import { keySetOf, type PlanKey, signPlan } from '@apollo-deploy/protocol';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { anOffer } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import { KeptKeySetsInMemory } from '../../../apps/spoke/src/testing/kept-key-sets.js';
import { AgentInMemory } from './agent-in-memory.js';
import { Meeting } from './meeting.js';
import { whileTimePasses } from './passing-time.js';
import { aPlanKey } from './plan-keys.js';

const KEY = aPlanKey();

function signerWith(key: PlanKey): PlanSigner {
  return { keyIds: [key.keyid], sign: (plan) => Promise.resolve(signPlan(plan, [key])) };
}

describe('a hub that signs and a spoke that carries out signed plans only', () => {
  let database: TestDatabase;
  let meeting: Meeting;
  let agent: AgentInMemory;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    meeting = await Meeting.open(database, signerWith(KEY));
    const keys = await new KeptKeySetsInMemory().start(
      keySetOf({ version: 1, threshold: 1, keys: [KEY] }),
    );
    const { time, hub } = meeting;
    agent = new AgentInMemory({ time, port: hub.port, token: () => meeting.token(), keys });
    await eventually(async () => (await meeting.stored()).stateGeneration !== undefined);
  });
  afterEach(async () => {
    await whileTimePasses(meeting.time, agent.stop());
    await meeting.close();
  });

  /** Lets time pass until it is so. */
  function eventually(isSo: () => Promise<boolean>): Promise<void> {
    const asking = async (): Promise<void> => {
      while (!(await isSo()));
    };
    return whileTimePasses(meeting.time, asking());
  }

  const ended = async (): Promise<boolean> =>
    (await meeting.plansOf('aria-dev'))[0]?.state !== 'EXECUTING';
  const alarms = (): Promise<readonly string[]> =>
    meeting
      .auditOf('spoke/dev')
      .then((actions) => actions.filter((action) => action === 'spoke.alarm'));

  it('bring a plan about', async () => {
    await meeting.desireAria();
    await eventually(ended);
    expect(await meeting.plansOf('aria-dev')).toMatchObject([{ state: 'SUCCEEDED' }]);
    expect(agent.helmRuns).toContain('install');
    expect(await alarms()).toEqual([]);
  });

  it('part over a plan that another key has signed: refused, alarmed, nothing touched', async () => {
    const { context } = meeting;
    await meeting.desireAria();
    await eventually(ended);
    const before = agent.helmRuns;
    await meeting.register('1.1.0');
    const pretends = { ...signerWith(aPlanKey()), keyIds: [KEY.keyid] };
    await meeting.think({ ...context, signer: pretends });
    await eventually(ended);
    const [plan] = await meeting.plansOf('aria-dev');
    expect(plan).toMatchObject({ state: 'FAILED', outcome: 'refused' });
    expect(plan?.evidence).toMatchObject({ reason: 'SignatureInvalid' });
    expect(agent.helmRuns).toEqual(before);
    expect(await alarms()).toEqual(['spoke.alarm']);
    expect((await meeting.stored()).alarm).toMatchObject({
      kind: 'untrusted_offer',
      message: expect.stringContaining(String(plan?.id)),
    });
  });

  it('are not to be moved by a row that somebody writes into the outbox', async () => {
    const { context } = meeting;
    const signed = await signerWith(aPlanKey())
      .sign({
        ...anOffer(2).payload,
        audience: { spoke: 'dev', clusterUid: 'cluster-1' },
        ...{ notBefore: '2026-01-05T09:00:00.000Z', chartBytes: null, approvals: [] },
      })
      .then((envelope) => ({ planId: 'plan-2', attempt: 1, envelope }));
    await context.store.transact(async (unit) => {
      await unit.outbox.add(anOffer(1));
      await unit.outbox.add({ ...anOffer(2), payload: signed });
    });
    await eventually(async () => (await meeting.outbox()).length === 0);
    expect(agent.helmRuns).toEqual([]);
    expect(await alarms()).toEqual(['spoke.alarm', 'spoke.alarm']);
  });

  it('wait for a replica with the key where one has none', async () => {
    const { signer: _, ...keyless } = meeting.context;
    await meeting.desireAria();
    await eventually(ended);
    await meeting.register('1.1.0');
    await meeting.think(keyless);
    expect((await meeting.plansOf('aria-dev'))[0]).toMatchObject({ state: 'PENDING' });
    expect(await meeting.outbox()).toEqual([]);
    await meeting.recover();
    await eventually(ended);
    expect((await meeting.plansOf('aria-dev'))[0]).toMatchObject({ state: 'SUCCEEDED' });
  });
});
