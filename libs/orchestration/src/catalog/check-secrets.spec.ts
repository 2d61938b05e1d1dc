import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { type EntityInput, putEntity } from './put-entity.js';

const ENTITY = {
  ...{ name: 'aria-dev', spoke: 'dev', product: 'aria', releaseName: 'aria-dev' },
  namespace: 'aria',
  desired: { version: '1.1.0' },
} as const;
const SECRET = 'hunter2';
const VALUES = { db: { password: SECRET }, replicas: 2 };
const SAID = { values: VALUES, notSecret: ['values.db.password'] };

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.release('1.1.0');
  await world.connect();
});

const put = (more: Partial<EntityInput>) =>
  putEntity(world.context, PERSON, { ...ENTITY, ...more });

async function lastAudited(): Promise<unknown> {
  const entries = await world.context.store.transact((unit) =>
    unit.audit.list({ subject: 'entity/aria-dev' }, { limit: 200 }),
  );
  return entries.items.at(-1)?.detail['notSecret'];
}

describe('an entity with what looks like a secret', () => {
  it('is refused with the place, the cure, and not the secret', async () => {
    const refused = await put({ values: VALUES });

    expect(refused).toEqual({
      ok: false,
      error: {
        code: 'catalog/inline_secret',
        field: 'values.db.password',
        detail:
          'values.db.password looks like a password; keep it in a Secret of the cluster and let the chart read it from there (existingSecret, secretKeyRef); if it is no secret, name the place in notSecret',
        data: { paths: ['values.db.password'] },
      },
    });
    expect(JSON.stringify(refused)).not.toContain(SECRET);
  });

  it('is refused for all places at once, labels too', async () => {
    const refused = await put({
      values: { a: { token: 'x' }, b: VALUES },
      labels: { apiKey: 'y' },
    });

    expect(refused).toMatchObject({
      error: {
        detail: expect.stringMatching(/^values\.a\.token looks like a password \(and 2 more/),
        data: { paths: ['values.a.token', 'values.b.db.password', 'labels.apiKey'] },
      },
    });
  });

  it('is taken where its maker says that it is none, and the audit trail keeps that', async () => {
    must(await put(SAID));

    expect(await lastAudited()).toEqual(['values.db.password']);
  });

  it('is not taken for what was said of another place', async () => {
    const refused = await put({ values: VALUES, notSecret: ['values.db', 'values'] });

    expect(refused).toMatchObject({ error: { code: 'catalog/inline_secret' } });
  });

  it('may stay what it is, and is asked about again once it changes or moves', async () => {
    must(await put(SAID));
    must(await put({ values: { ...VALUES, replicas: 3 } }));
    expect(await lastAudited()).toBeUndefined();

    const changed = await put({ values: { db: { password: 'hunter3' } } });
    const moved = await put({ values: { mq: { password: SECRET } } });
    expect([changed, moved]).toMatchObject([
      { error: { data: { paths: ['values.db.password'] } } },
      { error: { data: { paths: ['values.mq.password'] } } },
    ]);
  });

  it('says nothing in the audit trail of places that hold none', async () => {
    must(await put({ values: { replicas: 2 }, notSecret: ['values.db.password'] }));

    expect(await lastAudited()).toBeUndefined();
  });
});
