import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HeldRoles } from '@apollo-deploy/domain';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import type { Answer } from '../src/testing/test-hub.js';
import { ProductionScene } from './support/production-scene.js';

// The clock of the hub stands on Sunday, 1 March 2026, at noon.
const API = '/api/v1';
const UNTIL = '2026-03-01T14:00:00.000Z';
const ASKED = {
  ...{ service: 'aria', environment: 'prod', waives: ['window', 'approval'] },
  ...{ reason: 'Orders are lost at the till', until: UNTIL },
};
const IN_PROD: HeldRoles = { roles: [], grants: [{ environment: 'prod', roles: ['sre'] }] };
const IN_DEV: HeldRoles = { roles: ['viewer'], grants: [{ environment: 'dev', roles: ['sre'] }] };

type Account = Readonly<Record<string, string>>;

describe('break-glass', () => {
  let scene: ProductionScene;
  let ann: Account;
  let bob: Account;
  const account = async (name: string, held: Partial<HeldRoles>, machine = false) => {
    const { store, clock } = scene.hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    const { authorization } = await anAccount(context, name, { roles: [], grants: [], ...held });
    if (machine) await asMachine(name);
    return { authorization };
  };
  beforeEach(async () => {
    scene = await ProductionScene.start();
    await scene.hub.post(`${API}/environments`, { name: 'dev', tier: 'development' });
    ann = await account('ann', { roles: ['sre'] });
    bob = await account('bob', { roles: ['vp-engineering'] });
  });
  afterEach(() => scene.stop());

  const asMachine = (name: string): Promise<unknown> =>
    scene.hub.store.transact(async ({ people }) => {
      const person = await people.get(name);
      if (person !== undefined) await people.save({ ...person, machine: true });
    });
  const post = (path: string, body: unknown, by?: Account): Promise<Answer> =>
    scene.hub.post(`${API}/${path}`, body, by);
  const get = async (path: string) => (await scene.hub.get(`${API}/${path}`)).body;
  const open = async (change: object = {}): Promise<string> => {
    const opened = await post('break-glass', { ...ASKED, ...change }, ann);
    expect(opened.status).toBe(201);
    return String(opened.body['id']);
  };

  /** aria 1.1.0 is wanted in production, and judged; answers its plan. */
  async function wanted(): Promise<{ id: string; state: string }> {
    const entity = { spoke: 'prod', product: 'aria', desired: { version: '1.1.0' } };
    expect((await scene.hub.put(`${API}/entities/aria-prod`, entity)).status).toBe(200);
    return judged();
  }

  async function judged(): Promise<{ id: string; state: string }> {
    await post('evaluations', { entity: 'aria-prod' });
    const { items } = await get('plans?entity=aria-prod&limit=1');
    const [plan] = items as readonly { id: string; state: string }[];
    if (plan === undefined) throw new Error('no plan');
    return plan;
  }

  it('lets a plan go that waits for people, and is reviewed by a second person', async () => {
    await post('suppressions', {
      ...{ start: '2026-03-01T11:00:00Z', end: '2026-03-02T13:00:00Z', reason: 'the fair' },
      name: 'fair',
    });
    const { id, state } = await wanted();
    expect(state).toBe('BLOCKED');

    const opened = await post('break-glass', ASKED, ann);
    expect(opened).toMatchObject({
      status: 201,
      body: {
        ...{ ...ASKED, waives: ['approval', 'window'], openedBy: 'ann', inForce: true },
        ...{ openedAt: '2026-03-01T12:00:00.000Z', dueAt: '2026-03-02T12:00:00.000Z' },
        ...{ overdue: false, uses: 0, plans: [], version: 1 },
      },
    });
    expect(opened.headers.get('etag')).toBe('"1"');
    const path = `break-glass/${String(opened.body['id'])}`;

    await judged();
    expect(await scene.offered()).toBe(id);
    expect(await get(`plans/${id}`)).toMatchObject({
      state: 'EXECUTING',
      breakGlass: [opened.body['id']],
      noted: [
        { code: 'suppression_window', effect: 'waived' },
        {
          ...{ code: 'approval', effect: 'waived' },
          message: expect.stringContaining(`until ${UNTIL} by break-glass`),
        },
      ],
    });
    expect(await get(path)).toMatchObject({ uses: 1, plans: [id], version: 2 });

    expect(await post(`${path}/review`, { verdict: 'accepted' }, ann)).toMatchObject({
      status: 403,
      body: { code: 'break_glass/not_a_second_person' },
    });
    const said = { verdict: 'accepted', comment: 'it was the till' };
    expect(await post(`${path}/review`, said, bob)).toMatchObject({
      status: 200,
      body: {
        ...{ inForce: false, review: { ...said, by: 'bob' } },
        ended: { by: 'bob' },
      },
    });
    expect(await post(`${path}/review`, said, bob)).toMatchObject({
      status: 409,
      body: { code: 'break_glass/reviewed' },
    });
  });

  it('waives nothing while whoever opened it is disabled, and is shown so', async () => {
    const id = await open();
    expect(await get(`break-glass/${id}`)).toMatchObject({ inForce: true });
    const admin = await account('root', { roles: ['admin'] });
    const roles = (change: object) =>
      scene.hub.put(`${API}/people/ann/roles`, { roles: ['sre'], ...change }, admin);
    expect((await roles({ disabled: true })).status).toBe(200);
    expect(await get(`break-glass/${id}`)).toMatchObject({
      inForce: false,
      waives: ASKED.waives.toSorted(),
    });
    expect(await get('break-glass')).toMatchObject({ items: [{ id, inForce: false }] });
    expect(await wanted()).toMatchObject({ state: 'BLOCKED' });
    await roles({});
    await judged();
    expect(await get(`break-glass/${id}`)).toMatchObject({ inForce: true, uses: 1 });
  });

  it('is listed by what is open, by service and by environment', async () => {
    const id = await open();
    for (const query of ['', '?open=true', '?service=aria', '?environment=prod&open=true']) {
      expect(await get(`break-glass${query}`)).toMatchObject({ items: [{ id }] });
    }
    for (const query of ['?open=false', '?service=web', '?environment=dev']) {
      expect(await get(`break-glass${query}`)).toEqual({ items: [] });
    }
    await post(`break-glass/${id}/review`, { verdict: 'objected', comment: 'wait' }, bob);
    expect(await get('break-glass?open=true')).toEqual({ items: [] });
    expect(await get('break-glass?open=false')).toMatchObject({
      items: [{ id, review: { verdict: 'objected', comment: 'wait' } }],
    });
  });

  it('is ended early, by who saw it as it is, and stays owed', async () => {
    const path = `${API}/break-glass/${await open()}`;
    const end = (etag: string) =>
      scene.hub.send('DELETE', path, { headers: { ...ann, 'if-match': etag } });
    expect((await end('"7"')).status).toBe(412);
    expect((await end('"1"')).status).toBe(204);
    expect((await scene.hub.get(path)).body).toMatchObject({
      ...{ inForce: false, ended: { by: 'ann', at: '2026-03-01T12:00:00.000Z' }, version: 2 },
    });
    expect(await scene.hub.send('DELETE', path, { headers: ann })).toMatchObject({
      status: 409,
      body: { code: 'break_glass/over' },
    });
    expect(await get('break-glass?open=true')).toMatchObject({ items: [{ inForce: false }] });
  });

  it('that nobody reviewed in time keeps new versions away, and a review lets them go', async () => {
    const id = await open({ waives: ['window'], until: '2026-03-01T12:30:00Z' });
    await scene.goTo('2026-03-02T12:00:00.000Z');
    const [eve, tom] = [
      await account('eve', { roles: ['sre'] }),
      await account('tom', { roles: ['sre'] }),
    ];
    const { id: plan } = await wanted();
    const { digest } = await get(`plans/${plan}`);
    expect((await post(`plans/${plan}/approve`, { digest }, eve)).status).toBe(200);
    expect(await judged()).toMatchObject({ state: 'BLOCKED' });
    expect(await get(`plans/${plan}/explain`)).toMatchObject({
      unmet: [
        {
          code: 'break_glass_debt',
          message: expect.stringContaining('ann opened in prod'),
          cure: `let a second person who may do so review the break-glass (GET /api/v1/break-glass/${id}, POST /api/v1/break-glass/${id}/review)`,
        },
      ],
    });
    expect(await get(`break-glass/${id}`)).toMatchObject({ overdue: true });
    await post(`break-glass/${id}/review`, { verdict: 'accepted' }, tom);
    await judged();
    expect(await scene.offered()).toBe(plan);
  });

  it.each([
    { name: 'nothing to waive', change: { waives: [] }, field: 'waives' },
    { name: 'what nobody may waive', change: { waives: ['recall'] }, field: 'waives' },
    { name: 'no reason', change: { reason: undefined }, field: 'reason' },
    { name: 'a reason of spaces', change: { reason: ' '.repeat(30) }, field: 'reason' },
    { name: 'nine characters', change: { reason: ' too short ' }, field: 'reason' },
    { name: 'an end in the past', change: { until: '2026-03-01T11:59:59Z' }, field: 'until' },
    { name: 'an end too late', change: { until: '2026-03-02T12:00:01Z' }, field: 'until' },
    { name: 'no instant', change: { until: 'soon' }, field: 'until' },
    { name: 'a joker', change: { service: 'a%' }, field: 'service' },
  ])('is refused with $name, by the field', async ({ change, field }) => {
    expect(await post('break-glass', { ...ASKED, ...change }, ann)).toMatchObject({
      status: 400,
      body: { field },
    });
    expect(await get('break-glass')).toEqual({ items: [] });
  });

  it.each([
    { name: 'a service', change: { service: 'none' }, code: 'catalog/product_not_found' },
    {
      name: 'an environment',
      change: { environment: 'none' },
      code: 'catalog/environment_not_found',
    },
  ])('is of $name that there is', async ({ change, code }) => {
    expect(await post('break-glass', { ...ASKED, ...change }, ann)).toMatchObject({
      status: 404,
      body: { code },
    });
  });

  it('takes the permission in the environment, and a person', async () => {
    const asked = async (by: Account, change: object = {}) =>
      (await post('break-glass', { ...ASKED, ...change }, by)).status;
    expect(await asked(await account('there', IN_PROD))).toBe(201);
    expect(await asked(await account('elsewhere', IN_DEV))).toBe(403);
    expect(await asked(await account('op', { roles: ['operator'] }))).toBe(403);
    expect(await asked(bob)).toBe(403);
    expect(await asked(await account('robot', { roles: ['sre'] }, true))).toBe(403);
  });

  it('waives approvals only for who may agree to plans', async () => {
    expect(await post('break-glass', ASKED)).toMatchObject({
      status: 403,
      body: { code: 'http/not_allowed', field: 'waives', data: { permission: 'approve' } },
    });
    const withoutApproval = { ...ASKED, waives: ['window'] };
    expect((await post('break-glass', withoutApproval)).status).toBe(201);
  });

  it('is reviewed by people who may, and not on this machine without logging in', async () => {
    const path = `break-glass/${await open()}/review`;
    const review = async (by?: Account) => (await post(path, { verdict: 'accepted' }, by)).status;
    expect(await review()).toBe(403);
    expect(await review(await account('op', { roles: ['operator'] }))).toBe(403);
    expect(await review(await account('robot', { roles: ['sre'] }, true))).toBe(403);
    expect(await review(await account('elsewhere', IN_DEV))).toBe(403);
    expect(await review(await account('there', IN_PROD))).toBe(200);
  });

  it('that is objected to says why, by the field', async () => {
    const path = `break-glass/${await open()}/review`;
    expect(await post(path, { verdict: 'objected' }, bob)).toMatchObject({
      status: 400,
      body: { field: 'comment' },
    });
    expect(await post(path, { verdict: 'fine' }, bob)).toMatchObject({
      status: 400,
      body: { field: 'verdict' },
    });
  });
});
