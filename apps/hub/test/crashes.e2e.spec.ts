import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { DatabaseRelay } from '@apollo-deploy/storage/testing';
import { testChart } from './support/test-chart.js';
import { TestSystem } from './support/test-system.js';

/** Enough objects to keep Helm busy for seconds, so that a kill lands in the middle of its run. */
const CONFIG_MAPS = 200;

describe('kill -9 during a Helm run', () => {
  let system: TestSystem;
  let namespace: string;
  beforeAll(async () => {
    system = await TestSystem.running();
    namespace = await system.cluster.freshNamespace('crashes');
  });
  afterAll(() => system.stop());

  async function installed(name: string): Promise<void> {
    const { client } = system;
    await client.post('/api/v1/products', { name, criticality: 'low', rolloutTimeoutSeconds: 60 });
    await client.release(name, '1.0.0', await testChart(name, '1.0.0'));
    await client.put(`/api/v1/entities/${name}`, {
      spoke: 'dev',
      product: name,
      namespace,
      desired: { channel: 'dev' },
    });
    await client.status(name, 'up_to_date');
  }

  async function upgradeInHelm(name: string): Promise<void> {
    const chart = await testChart(name, '2.0.0', { configMaps: CONFIG_MAPS });
    await system.client.release(name, '2.0.0', chart);
    await eventually('Helm to be at work', () => pendingRevision(name));
  }

  /** Helm's own mark of an upgrade under way. */
  async function pendingRevision(name: string): Promise<unknown> {
    const selector = encodeURIComponent(`name=${name},status=pending-upgrade`);
    const { body } = await system.cluster.send({
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`,
    });
    return (JSON.parse(body) as { readonly items: readonly unknown[] }).items[0];
  }

  it('of the hub changes nothing: the spoke finishes and the plan is told true', async () => {
    await installed('hub-dies');
    await upgradeInHelm('hub-dies');
    await system.hub.kill();
    await system.startHub();
    expect(await system.client.ended('hub-dies', 1)).toMatchObject({
      type: 'upgrade',
      state: 'SUCCEEDED',
      attempt: 1,
    });
    expect(await system.client.status('hub-dies', 'up_to_date')).toMatchObject({
      reported: { version: '2.0.0', revision: 2 },
    });
    expect(await system.history(namespace, 'hub-dies')).toMatchObject([
      { revision: 1, status: 'superseded' },
      { revision: 2, status: 'deployed', chart: 'hub-dies-2.0.0' },
    ]);
    expect(await system.client.plans('hub-dies')).toHaveLength(2);
  });

  it('of the spoke leaves one revision an attempt, and the second attempt succeeds', async () => {
    await installed('spoke-dies');
    await upgradeInHelm('spoke-dies');
    await system.spoke.kill();
    system.spoke.start();
    expect(await system.client.ended('spoke-dies', 1)).toMatchObject({
      state: 'FAILED',
      outcome: 'broken',
      attempt: 1,
    });
    expect(await system.client.ended('spoke-dies', 2)).toMatchObject({
      state: 'SUCCEEDED',
      attempt: 2,
    });
    expect(await system.client.status('spoke-dies', 'up_to_date')).toMatchObject({
      reported: { version: '2.0.0', revision: 3 },
    });
    expect(await system.history(namespace, 'spoke-dies')).toMatchObject([
      { revision: 1, status: 'superseded' },
      { revision: 2, status: 'failed' },
      { revision: 3, status: 'deployed', chart: 'spoke-dies-2.0.0' },
    ]);
    expect(await system.client.plans('spoke-dies')).toHaveLength(3);
  });

  it('of both at once loses no plan', async () => {
    await installed('both-die');
    await upgradeInHelm('both-die');
    await Promise.all([system.hub.kill(), system.spoke.kill()]);
    system.spoke.start();
    await system.startHub();
    expect(await system.client.status('both-die', 'up_to_date')).toMatchObject({
      reported: { version: '2.0.0' },
    });
    const attempts = (await system.client.plans('both-die')).filter(
      ({ type }) => type === 'upgrade',
    );
    const revisions = await system.history(namespace, 'both-die');
    expect(revisions.length).toBeLessThanOrEqual(1 + attempts.length);
    expect(attempts.at(-1)).toMatchObject({ state: 'SUCCEEDED' });
  });
});

describe('kill -9 of the hub when an offer is committed and the hub has not been told so', () => {
  let system: TestSystem;
  let relay: DatabaseRelay;
  beforeAll(async () => {
    system = await TestSystem.running();
    relay = await DatabaseRelay.start(system.database.url);
  });
  afterAll(async () => {
    await system.stop();
    await relay.stop();
  });

  const wanted = async (name: string, namespace: string): Promise<void> => {
    const { client } = system;
    await client.post('/api/v1/products', { name, criticality: 'low', rolloutTimeoutSeconds: 60 });
    await client.release(name, '1.0.0', await testChart(name, '1.0.0'));
    const desired = { channel: 'dev' };
    const entity = { spoke: 'dev', product: name, namespace, desired };
    // Its answer may be held back as well.
    await Promise.allSettled([client.put(`/api/v1/entities/${name}`, entity)]);
  };

  it('leaves the offer to the next hub: sent then, with one revision and one verdict', async () => {
    const namespace = await system.cluster.freshNamespace('unsent');
    await system.hub.kill();
    const doomed = system.hubThrough(relay.url);
    doomed.start();
    await system.client.ready();
    await system.connected();

    const held = relay.holdFromCommitOf('INSERT INTO outbox_messages');
    const asked = wanted('unsent', namespace);
    await held;
    const committed = await system.database.query('SELECT plan_id, type FROM outbox_messages');
    await doomed.kill();
    await asked;
    expect(committed).toEqual([{ plan_id: expect.any(String), type: 'plan.offer' }]);
    const id = String(committed[0]?.['plan_id']);
    expect(await system.saidBySpoke()).not.toContain(id);
    expect(await system.history(namespace, 'unsent')).toEqual([]);

    await system.startHub();
    expect(await system.client.ended('unsent', 0)).toMatchObject({
      ...{ id, type: 'install', state: 'SUCCEEDED', attempt: 1 },
    });
    await system.client.status('unsent', 'up_to_date');
    expect(await system.client.plans('unsent')).toHaveLength(1);
    expect(await system.history(namespace, 'unsent')).toMatchObject([
      { revision: 1, status: 'deployed', chart: 'unsent-1.0.0' },
    ]);
    expect(
      await system.database.query(
        `SELECT action, count(*)::integer FROM audit_entries WHERE subject = $1
         AND action IN ('plan.dispatch', 'plan.claim', 'plan.succeeded') GROUP BY 1 ORDER BY 1`,
        [`plan/${id}`],
      ),
    ).toEqual([
      { action: 'plan.claim', count: 1 },
      { action: 'plan.dispatch', count: 1 },
      { action: 'plan.succeeded', count: 1 },
    ]);
    expect(await system.saidBySpoke()).toContain(id);
  });
});
