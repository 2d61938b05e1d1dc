import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { HubClient } from '../../apps/hub/test/support/hub-client.js';
import { freePorts } from '../../apps/hub/test/support/test-system.js';
import { ApprovalWalk, type WaitingPlan } from './approval-walk.js';
import { HelmOf } from './helm-of.js';
import { Launcher } from './launcher.js';
import { runStep, tourSteps } from './readme-tour.js';

/** What is wanted in production or staging, by how critical it is. All of it runs in dev first. */
const PRODUCTS = {
  ...{ ordinary: 'low', 'own-work': 'low', 'both-first': 'low', 'both-last': 'low' },
  ...{ changing: 'low', early: 'low', orphaned: 'low', vital: 'critical', late: 'critical' },
};
/** An offer is good for two minutes from the moment its plan goes. */
const OFFER_VALID_MS = 120_000;
const PATIENCE_MS = 200_000;

describe('approvals, on the clusters that npm start makes', () => {
  let home: string;
  let hub: HubClient;
  let launcher: Launcher;
  let walk: ApprovalWalk;
  let prod: HelmOf;
  let staging: HelmOf;
  /** The process that stands still. */
  let still: number | undefined;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'apollo-approvals-'));
    const [port] = await freePorts(1);
    hub = new HubClient(`http://127.0.0.1:${String(port)}`);
    launcher = new Launcher({ APOLLO_HOME: home, APOLLO_PORT: String(port) });
    await launcher.says('everything is up');
    [prod, staging] = [new HelmOf(home, 'prod'), new HelmOf(home, 'staging')];
    walk = await ApprovalWalk.of(hub, home);
    for (const [product, criticality] of Object.entries(PRODUCTS)) {
      await walk.wantedInDev(product, criticality);
    }
    for (const product of Object.keys(PRODUCTS)) await hub.status(`${product}-dev`, 'up_to_date');
  }, PATIENCE_MS);
  afterAll(async () => {
    if (still !== undefined) process.kill(still, 'SIGCONT');
    await launcher.interrupt();
    await rm(home, { recursive: true, force: true });
  });

  /** Lets the spoke stand still, until it is sent SIGCONT. */
  async function standStill(spoke: string): Promise<number> {
    const pid = Number(await readFile(join(home, 'run', `spoke-${spoke}.pid`), 'utf8'));
    process.kill(pid, 'SIGSTOP');
    return pid;
  }

  /** The product is wanted in prod, and people are asked. */
  async function wanted(product: string): Promise<WaitingPlan> {
    await walk.wanted(product);
    return walk.waiting(product);
  }

  /** A plan that was approved for a spoke that stands still since. */
  let late: WaitingPlan;

  it('go as the README tells it', async () => {
    const place = { home, port: new URL(hub.url).port };
    const printed: string[] = [];
    for (const step of await tourSteps('Approvals')) printed.push(await runStep(step, place));
    expect(printed).toHaveLength(3);
    expect(printed[1]).toMatch(/BLOCKED .* approval$/m);
    expect(printed[2]).toMatch(/production +1 +sre +1 +sre/);
    expect(printed[2]).toContain('approved by sre-1: install of test-service-prod, none -> 1.0.0');
    await walk.runs('test-service');
    expect(await prod.history('test-service')).toEqual(['1 deployed test-service-1.0.0']);
  });

  it('are given for a change in staging, whose spoke stands still before it hears of it', async () => {
    await walk.wanted('late', { on: 'staging' });
    const first = await walk.waiting('late', undefined, 'staging');
    expect(await walk.missing('late', 'staging')).toEqual(['vp-engineering']);
    expect((await walk.approve('vp-engineering', first)).status).toBe(200);
    await hub.status('late-staging', 'up_to_date');

    await walk.wanted('late', { on: 'staging', values: { note: 'approved' } });
    late = await walk.waiting('late', first.id, 'staging');
    still = await standStill('staging');
    expect((await walk.approve('vp-engineering', late)).status).toBe(200);
    await eventually('the plan to go', async () => {
      const { state } = await hub.get(`/api/v1/plans/${late.id}`);
      return state === 'EXECUTING' ? state : undefined;
    });
    await walk.wanted('late', { on: 'staging', values: { note: 'changed since' } });
  });

  it('an upgrade waits for an sre', async () => {
    const install = await wanted('ordinary');
    expect((await walk.approve('sre-1', install)).status).toBe(200);
    await walk.runs('ordinary');
    await walk.released('ordinary', '1.1.0');
    await eventually('1.1.0 in dev', async () => {
      const { reported, status } = await hub.entity('ordinary-dev');
      return reported?.version === '1.1.0' && status === 'up_to_date' ? true : undefined;
    });

    await walk.wanted('ordinary', { version: '1.1.0' });
    const plan = await walk.waiting('ordinary', install.id);
    expect(plan.violations.map(({ code }) => code)).toEqual(['approval']);
    expect(await walk.missing('ordinary')).toEqual(['sre']);
    expect(await walk.approve('product-owner', plan)).toMatchObject({
      status: 403,
      body: { code: 'approval/not_eligible' },
    });
    const said = await hub.request('POST', `/api/v1/plans/${plan.id}/approve`, {
      digest: plan.digest,
    });
    expect(said.status).toBe(403);
    expect(await walk.missing('ordinary')).toEqual(['sre']);
    expect(await prod.history('ordinary')).toEqual(['1 deployed ordinary-1.0.0']);
    expect((await walk.approve('sre-1', plan)).status).toBe(200);
    await walk.runs('ordinary', 1);
    expect(await prod.history('ordinary')).toEqual([
      '1 superseded ordinary-1.0.0',
      '2 deployed ordinary-1.1.0',
    ]);
  });

  it('its author cannot approve it', async () => {
    const first = await wanted('own-work');
    const mine = { spoke: 'prod', product: 'own-work', desired: { version: '1.0.0' } };
    const put = await walk.as('sre-1', 'PUT', 'entities/own-work-prod', {
      ...mine,
      values: { note: 'mine' },
    });
    expect(put.status).toBe(200);
    const plan = await walk.waiting('own-work', first.id);
    expect(await walk.approve('sre-1', plan)).toMatchObject({
      status: 403,
      body: { code: 'approval/author' },
    });
    expect(await walk.missing('own-work')).toEqual(['sre']);
    expect(await prod.history('own-work')).toEqual([]);
    expect((await walk.approve('sre-2', plan)).status).toBe(200);
    await walk.runs('own-work', 1);
    expect(await prod.values('own-work')).toEqual({ note: 'mine' });
  });

  it('a critical product also waits for vp-engineering', async () => {
    const plan = await wanted('vital');
    expect([...(await walk.missing('vital'))].sort()).toEqual(['sre', 'vp-engineering']);
    expect((await walk.approve('sre-1', plan)).status).toBe(200);
    expect(await walk.missing('vital')).toEqual(['vp-engineering']);
    expect(await prod.history('vital')).toEqual([]);
    expect((await walk.approve('vp-engineering', plan)).status).toBe(200);
    await walk.runs('vital');
    expect(await prod.history('vital')).toEqual(['1 deployed vital-1.0.0']);
  });

  it.each([
    { product: 'both-first', order: ['sre-1', 'sre-2'] },
    { product: 'both-last', order: ['sre-2', 'sre-1'] },
  ])('sre and product-owner, by who is both and who is one: $order', async ({ product, order }) => {
    await walk.roles('sre-1', ['sre', 'product-owner']);
    const rule = { name: product, products: [product], requiredRoles: ['sre', 'product-owner'] };
    expect(
      (await walk.as('admin', 'POST', 'approval-rules', { ...rule, tier: 'production' })).status,
    ).toBe(201);
    const plan = await wanted(product);
    const [first = '', second = ''] = order;
    expect((await walk.approve(first, plan)).body).toMatchObject({
      approval: { satisfied: false },
    });
    expect((await walk.missing(product)).length).toBe(1);
    expect(await prod.history(product)).toEqual([]);
    expect((await walk.approve(second, plan)).body).toMatchObject({
      approval: { satisfied: true },
    });
    await walk.runs(product);
    expect(await prod.history(product)).toEqual([`1 deployed ${product}-1.0.0`]);
    await walk.roles('sre-1', ['sre']);
  });

  it('other values take the approval away, and its digest is refused', async () => {
    const first = await wanted('changing');
    const freeze = await walk.frozen('changing');
    expect((await walk.approve('sre-1', first)).body).toMatchObject({
      approval: { satisfied: true },
    });
    await walk.wanted('changing', { values: { note: 'other' } });
    const plan = await walk.waiting('changing', first.id);
    expect(plan.approval).toMatchObject({ satisfied: false, approvals: [] });
    expect(await walk.approve('sre-1', { id: plan.id, digest: first.digest })).toMatchObject({
      status: 409,
      body: { code: 'approval/digest_mismatch', data: { digest: plan.digest } },
    });
    await freeze.lift();
    expect(await walk.missing('changing')).toEqual(['sre']);
    expect(await hub.plans('changing-prod')).toMatchObject([
      { state: 'CANCELLED', cancelReason: 'superseded' },
      { state: 'BLOCKED' },
    ]);
    expect(await prod.history('changing')).toEqual([]);
  });

  it('one that lapses before the change may begin is announced when it is given', async () => {
    const plan = await wanted('early');
    const { end } = await walk.frozen('early', 3);
    const { body } = await walk.approve('sre-1', plan);
    expect(body['lapses']).toEqual([
      {
        expiresAt: expect.any(String),
        opensAt: end,
        message: expect.stringContaining(`the plan cannot begin before ${end}`),
      },
    ]);
    expect(await prod.history('early')).toEqual([]);
  });

  it('one by somebody who loses the role before the plan goes no longer counts', async () => {
    const plan = await wanted('orphaned');
    const freeze = await walk.frozen('orphaned');
    expect((await walk.approve('sre-2', plan)).body).toMatchObject({
      approval: { satisfied: true },
    });
    await walk.roles('sre-2', ['viewer']);
    await freeze.lift();
    expect(await walk.missing('orphaned')).toEqual(['sre']);
    expect(await prod.history('orphaned')).toEqual([]);
    await walk.roles('sre-2', ['sre']);
    await walk.runs('orphaned');
    expect(await prod.history('orphaned')).toEqual(['1 deployed orphaned-1.0.0']);
  });

  it(
    'the spoke that stood still refuses what was approved too long ago, and people are asked anew',
    async () => {
      const { startedAt } = await hub.get<{ startedAt: string }>(`/api/v1/plans/${late.id}`);
      const isOver = (): boolean => Date.now() > Date.parse(startedAt) + OFFER_VALID_MS;
      await eventually(
        'the offer to be too old',
        () => Promise.resolve(isOver() || undefined),
        PATIENCE_MS,
      );
      if (still !== undefined) process.kill(still, 'SIGCONT');
      const plan = await walk.waiting('late', late.id, 'staging');
      expect(await hub.plans('late-staging')).toMatchObject([
        { state: 'SUCCEEDED' },
        { id: late.id, state: 'CANCELLED', cancelReason: 'expired' },
        { id: plan.id, state: 'BLOCKED' },
      ]);
      expect(plan.approval).toMatchObject({ satisfied: false, approvals: [] });
      expect(
        await walk.approve('vp-engineering', { id: plan.id, digest: late.digest }),
      ).toMatchObject({ status: 409, body: { code: 'approval/digest_mismatch' } });
      expect(await walk.missing('late', 'staging')).toEqual(['vp-engineering']);
      expect(await staging.history('late')).toEqual(['1 deployed late-1.0.0']);
      expect(await staging.values('late')).toEqual({});
    },
    PATIENCE_MS,
  );
});
