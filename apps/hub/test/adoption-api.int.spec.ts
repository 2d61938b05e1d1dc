import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { releaseReport } from '@apollo-deploy/orchestration/testing';
import { TestHub } from '../src/testing/test-hub.js';
import { webInDev } from '../src/testing/web-in-dev.js';

const ENTITY = '/api/v1/entities/web-dev';
const ADOPTION = `${ENTITY}/adoption`;
const LISTED = '/api/v1/spokes/dev-1/releases?unmanaged=true';

describe('the API of adoptions', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    const byHand = { version: '1.4.0', revision: 3, unmanaged: true } as const;
    await webInDev(hub, [releaseReport('web', byHand)]);
  });
  afterAll(() => hub.stop());

  const evaluate = () => hub.post('/api/v1/evaluations', { entity: 'web-dev' });
  const openPlan = async (): Promise<string> => {
    await evaluate();
    const { openPlan: open } = (await hub.get(ENTITY)).body;
    return (open as { id: string }).id;
  };

  it('shows an operator what is installed, and that a plan for it waits', async () => {
    expect((await hub.get(LISTED)).body).toMatchObject({
      items: [{ namespace: 'aria', name: 'web', entity: null, madeByApollo: false, revision: 3 }],
    });
    const { body } = await hub.put(ENTITY, {
      ...{ spoke: 'dev-1', product: 'web', namespace: 'aria', desired: { channel: 'dev' } },
    });
    expect(body).toMatchObject({ adopt: false, reported: { unmanaged: true, revision: 3 } });
    expect((await hub.get(LISTED)).body).toEqual({ items: [] });
    expect((await hub.get(`/api/v1/plans/${await openPlan()}/explain`)).body).toMatchObject({
      state: 'BLOCKED',
      unmet: [
        {
          code: 'adoption',
          cure: `look at what is installed (GET ${ENTITY}), then let a plan take it over (PUT ${ENTITY}/adoption)`,
        },
      ],
    });
  });

  it('lets the next plan adopt it, for who saw the last version', async () => {
    const late = await hub.put(ADOPTION, undefined, { 'if-match': '"7"' });
    expect(late).toMatchObject({ status: 412, body: { code: 'catalog/version_conflict' } });
    const said = await hub.put(ADOPTION, undefined, { 'if-match': '"1"' });
    expect(said).toMatchObject({ status: 200, body: { adopt: true, version: 2 } });
    expect(said.headers.get('etag')).toBe('"2"');
    expect((await hub.get(`/api/v1/plans/${await openPlan()}`)).body).toMatchObject({
      ...{ state: 'EXECUTING', type: 'upgrade', from: { version: '1.4.0', revision: 3 } },
      adopts: true,
    });
  });

  it('takes it back, and keeps who said what', async () => {
    expect((await hub.send('DELETE', ADOPTION, {})).status).toBe(204);
    expect((await hub.get(ENTITY)).body).toMatchObject({ adopt: false, version: 3 });
    const { items } = (await hub.get('/api/v1/audit?subject=entity/web-dev')).body as {
      items: { action: string; actor: string; detail: object }[];
    };
    expect(items.filter(({ action }) => /adopt|leave/.test(action))).toMatchObject([
      {
        ...{ action: 'entity.adopt', actor: 'dev-operator' },
        detail: { spoke: 'dev-1', namespace: 'aria', releaseName: 'web', revision: 3 },
      },
      { action: 'entity.leave', actor: 'dev-operator' },
    ]);
  });

  it('refuses it where there is nothing to adopt, with the reason', async () => {
    await hub.put('/api/v1/entities/other', {
      ...{ spoke: 'dev-1', product: 'web', namespace: 'other', desired: { channel: 'dev' } },
    });
    expect(await hub.put('/api/v1/entities/other/adoption', undefined)).toMatchObject({
      status: 409,
      body: { code: 'catalog/nothing_to_adopt', title: 'There is nothing to adopt' },
    });
    expect(await hub.put('/api/v1/entities/none/adoption', undefined)).toMatchObject({
      status: 404,
      body: { code: 'catalog/entity_not_found' },
    });
  });
});
