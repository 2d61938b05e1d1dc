import {
  addKeySet,
  type Context,
  type KeySetContent,
  type PlanSigner,
} from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';
import {
  isKeySetSignedBy,
  type KeySet,
  keySetOf,
  type PlanKey,
  signersOf,
  signKeySet,
  signPlan,
} from '@apollo-deploy/protocol';
import { openStore } from '@apollo-deploy/storage';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { anOffer } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import { KeptKeySetsInMemory } from '../../../apps/spoke/src/testing/kept-key-sets.js';
import { AgentInMemory } from './agent-in-memory.js';
import { HubReplica } from './hub-replica.js';
import { Meeting } from './meeting.js';
import { whileTimePasses } from './passing-time.js';
import { aPlanKey } from './plan-keys.js';

const [OLD, NEW, THIEF] = [aPlanKey(), aPlanKey(), aPlanKey()];
const PERSON = { kind: 'person', name: 'ada', roles: ['sre'] } as const;

const set = (version: number, ...keys: readonly PlanKey[]): KeySet =>
  keySetOf({ version, threshold: 1, keys });

function signerWith(...keys: readonly PlanKey[]): PlanSigner {
  const keyIds = keys.map(({ keyid }) => keyid);
  return { keyIds, sign: (plan) => Promise.resolve(signPlan(plan, keys)) };
}

describe('the keys that sign plans', () => {
  let database: TestDatabase;
  let meeting: Meeting;
  let disk: KeptKeySetsInMemory;
  let agent: AgentInMemory;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    meeting = await Meeting.open(database, signerWith(OLD));
    disk = new KeptKeySetsInMemory();
    await starts();
    await publish(set(1, OLD), OLD);
    await meeting.desireAria();
    await eventually(ended);
  });
  afterEach(async () => {
    await whileTimePasses(meeting.time, agent.stop());
    await meeting.close();
  });

  /** The spoke starts, with its disk and the file that its owner gave it long ago. */
  async function starts(): Promise<void> {
    const keys = await disk.start(set(1, OLD));
    const { time, proxy } = meeting;
    agent = new AgentInMemory({ time, port: proxy.port, token: () => meeting.token(), keys });
    await eventually(async () => (await meeting.stored()).stateGeneration !== undefined);
  }

  /** Lets time pass until it is so. */
  function eventually(isSo: () => Promise<boolean>): Promise<void> {
    const asking = async (): Promise<void> => {
      while (!(await isSo())) await new Promise<void>((go) => setImmediate(go));
    };
    return whileTimePasses(meeting.time, asking());
  }

  const newestPlan = async () => (await meeting.plansOf('aria-dev'))[0];
  const ended = async (): Promise<boolean> => (await newestPlan())?.state !== 'EXECUTING';
  const offered = async (): Promise<boolean> => (await newestPlan())?.phase === 'dispatched';
  const goesBy = async (): Promise<number> => (await meeting.stored()).hello?.trusts?.version ?? 0;
  const alarms = async (): Promise<number> =>
    (await meeting.auditOf('spoke/dev')).filter((action) => action === 'spoke.alarm').length;

  async function publish(next: KeySet, ...by: readonly PlanKey[]): Promise<void> {
    const envelope = signKeySet(next, by);
    const demand = { set: next, envelope, lost: false };
    const isSignedBy = ({ threshold, keys }: KeySetContent): boolean =>
      isKeySetSignedBy(envelope, signersOf({ threshold, keys: [...keys] }));
    must(await addKeySet(meeting.context, PERSON, { ...demand, isSignedBy, mostAhead: 1 }));
  }

  /** A replica of the hub with these keys does all there is to do. */
  function thinks(...keys: readonly PlanKey[]): Promise<void> {
    return meeting.think({ ...meeting.context, signer: signerWith(...keys) });
  }

  /** The spoke has connected to this replica, and told all that it has to. */
  function arrives({ sessions }: HubReplica): Promise<void> {
    return eventually(async () => {
      const { epoch, stateEpoch, ledgerEpoch } = await meeting.stored();
      const isHere = sessions.get('dev')?.epoch === epoch;
      return isHere && stateEpoch === epoch && ledgerEpoch === epoch;
    });
  }

  /** The replica that the spoke is connected to stops, and another one takes its place. */
  async function replaced(): Promise<void> {
    const [before, next] = [meeting.hub, await meeting.anotherReplica()];
    meeting.proxy.leadTo(next.port);
    await whileTimePasses(meeting.time, before.stop());
    await arrives(next);
  }

  it('are changed with an offer under way while the hub is replaced: it goes by the old key, once', async () => {
    agent.holdCharts();
    await meeting.releaseAria('1.1.0');
    await eventually(offered);
    await publish(set(2, OLD, NEW), OLD);
    await eventually(async () => (await goesBy()) === 2);
    await replaced();
    agent.releaseCharts();
    await eventually(ended);
    expect(await newestPlan()).toMatchObject({ state: 'SUCCEEDED' });
    await publish(set(3, NEW), NEW);
    await eventually(async () => (await goesBy()) === 3);
    await meeting.register('1.3.0');
    await thinks(OLD);
    expect(await newestPlan()).toMatchObject({ state: 'PENDING' });
    await comesTrue(NEW);
    expect(await meeting.plansOf('aria-dev')).toHaveLength(3);
    expect(agent.helmRuns).toEqual(['install', 'upgrade', 'upgrade']);
    expect(await alarms()).toBe(0);
  });

  /** A replica with these keys takes up what others have left, until the newest plan has succeeded. */
  function comesTrue(...keys: readonly PlanKey[]): Promise<void> {
    return eventually(async () => {
      await meeting.recover({ ...meeting.context, signer: signerWith(...keys) });
      return (await newestPlan())?.state === 'SUCCEEDED';
    });
  }

  it('are taken out at once: what they signed and has not begun lapses, and is made anew, once', async () => {
    agent.holdCharts();
    await meeting.releaseAria('1.1.0');
    await eventually(offered);
    const lapsed = (await newestPlan())?.id ?? '';
    await publish(set(2, NEW), OLD, NEW);
    await eventually(async () => (await goesBy()) === 2);
    await replaced();
    agent.releaseCharts();
    await eventually(ended);
    expect(await newestPlan()).toMatchObject({ state: 'CANCELLED', cancelReason: 'expired' });
    await comesTrue(NEW);
    const [next] = await meeting.plansOf('aria-dev');
    expect(next).toMatchObject({ state: 'SUCCEEDED', to: { version: '1.1.0' } });
    expect(next?.id).not.toBe(lapsed);
    expect(agent.helmRuns).toEqual(['install', 'upgrade']);
    expect(await alarms()).toBe(0);
  });

  it('are taken out while the spoke is away: it hears of that first, and then of the old offer', async () => {
    meeting.proxy.refuse();
    meeting.proxy.cut();
    await eventually(async () => !(await meeting.stored()).connected);
    await deliver('plan-7', OLD);
    await publish(set(2, OLD, NEW), OLD);
    await publish(set(3, NEW), NEW);
    meeting.proxy.refuse(false);
    await eventually(async () => (await meeting.outbox()).length === 0);
    expect(await goesBy()).toBe(3);
    expect(agent.helmRuns).toEqual(['install']);
    expect(await alarms()).toBe(1);
  });

  it('stay changed over a restart of the spoke, whatever old file it is given', async () => {
    await publish(set(2, NEW), OLD, NEW);
    await eventually(async () => (await goesBy()) === 2);
    await whileTimePasses(meeting.time, agent.stop());
    await starts();
    expect((await meeting.stored()).hello?.trusts).toMatchObject({
      version: 2,
      keyIds: [NEW.keyid],
    });
  });

  it('are not changed by a row that somebody writes into the hub: that is an alarm', async () => {
    const forged = signKeySet(set(2, THIEF), [THIEF]);
    await database.query(
      `INSERT INTO key_sets (version, threshold, keys, envelope, added_at, added_by)
       VALUES (2, 1, '[]', '${JSON.stringify(forged)}', now(), 'nobody')`,
    );
    await eventually(async () => (await alarms()) === 1);
    expect(await goesBy()).toBe(1);
  });

  /** A row in the outbox, written by hand. */
  async function deliver(planId: string, key: PlanKey): Promise<void> {
    const envelope = signPlan(
      {
        ...{ ...anOffer(1).payload, planId },
        audience: { spoke: 'dev', clusterUid: 'cluster-1' },
        ...{ notBefore: '2026-01-05T09:00:00.000Z', chartBytes: null, approvals: [] },
        expiresAt: new Date(meeting.time.now().getTime() + 110_000).toISOString(),
      },
      [key],
    );
    const row = JSON.stringify({ planId, attempt: 1, envelope });
    await database.query(
      `INSERT INTO outbox_messages (id, spoke, type, plan_id, payload, created_at)
       VALUES ('by hand ${planId}', 'dev', 'plan.offer', '${planId}', '${row}', now())`,
    );
  }

  describe('of which one replica has none', () => {
    let keyless: Context;
    let replica: HubReplica;
    beforeEach(async () => {
      const { signer: _, ...rest } = meeting.context;
      keyless = { ...rest, store: await openStore('database', { url: database.url }) };
      replica = await HubReplica.start(keyless, meeting.time);
      meeting.proxy.leadTo(replica.port);
      meeting.proxy.cut();
      await arrives(replica);
    });
    afterEach(async () => {
      await meeting.ended(replica.stop());
      await keyless.store.close();
    });

    it('make that one dispatch nothing, and what it writes by hand is refused; the other one goes on', async () => {
      await meeting.register('1.1.0');
      await eventually(async () => {
        await meeting.think(keyless);
        return (await newestPlan())?.state === 'PENDING';
      });
      expect(await meeting.outbox()).toEqual([]);
      await deliver('plan-8', THIEF);
      await database.query(
        `INSERT INTO outbox_messages (id, spoke, type, plan_id, payload, created_at)
         VALUES ('plain', 'dev', 'plan.offer', 'plan-9', '${JSON.stringify({ ...anOffer(9).payload, planId: 'plan-9' })}', now())`,
      );
      await eventually(async () => (await meeting.outbox()).length === 0);
      expect(await alarms()).toBe(2);
      expect(agent.helmRuns).toEqual(['install']);
      await comesTrue(OLD);
      expect(await newestPlan()).toMatchObject({ state: 'SUCCEEDED', to: { version: '1.1.0' } });
      expect(agent.helmRuns).toEqual(['install', 'upgrade']);
    });
  });
});
