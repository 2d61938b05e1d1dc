import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SpokeFrame, SpokePayload } from '@apollo-deploy/protocol';
import { SessionFrames } from '../src/spokes/session-frames.js';
import { TestHub } from '../src/testing/test-hub.js';
import { webInDev } from '../src/testing/web-in-dev.js';

const LOCKED = 'release web in web is pending-upgrade at revision 2: somebody is at work on it';
const SINCE = '2026-03-01T11:59:30.000Z';

describe('a plan that waits in its cluster', () => {
  let hub: TestHub;
  let frames: SessionFrames;
  let path: string;
  beforeAll(async () => {
    hub = await TestHub.start();
    const { context, session } = await webInDev(hub, []);
    frames = new SessionFrames(context, session, (write) => write());
    const entity = { spoke: 'dev-1', product: 'web', desired: { channel: 'dev' } };
    await hub.put('/api/v1/entities/web-dev', entity);
    await hub.post('/api/v1/evaluations', { entity: 'web-dev' });
    const { openPlan } = (await hub.get('/api/v1/entities/web-dev')).body;
    path = `/api/v1/plans/${(openPlan as { id: string }).id}`;
  });
  afterAll(() => hub.stop());

  const planId = () => path.slice(path.lastIndexOf('/') + 1);
  const says = <T extends 'plan.waiting' | 'plan.progress'>(
    t: T,
    p: Omit<SpokePayload<T>, 'planId'>,
  ) =>
    frames.answer(
      {
        v: 1,
        id: 'm',
        epoch: 1,
        ts: SINCE,
        t,
        p: { ...p, planId: planId() },
      } as unknown as SpokeFrame,
      200,
    );

  it('says for what and since when: in itself, its explanation and its entity', async () => {
    expect(await says('plan.waiting', { message: LOCKED, since: SINCE })).toEqual({});
    expect((await hub.get(path)).body).toMatchObject({
      ...{ state: 'EXECUTING', phase: 'dispatched' },
      progress: { message: LOCKED, at: '2026-03-01T12:00:00.000Z', waitingSince: SINCE },
    });
    expect((await hub.get(`${path}/explain`)).body).toEqual({
      state: 'EXECUTING',
      unmet: [
        {
          code: 'spoke_waits',
          message: `spoke dev-1 waits since ${SINCE}: ${LOCKED}`,
          data: { spoke: 'dev-1', waitingSince: SINCE, at: '2026-03-01T12:00:00.000Z' },
          cure: `do what the message says, and it goes on by itself; or cancel it (POST ${path}/cancel)`,
        },
      ],
    });
    expect((await hub.get('/api/v1/entities/web-dev')).body['why']).toBe(
      `plan ${planId()} (install): dispatched, waiting since ${SINCE}: ${LOCKED}`,
    );
  });

  it('waits for nothing any more once it goes on', async () => {
    await says('plan.progress', { phase: 'helm', message: 'running web in web' });
    const { body } = await hub.get(path);
    expect(body).toMatchObject({ phase: 'helm', progress: { message: 'running web in web' } });
    expect(body['progress']).not.toHaveProperty('waitingSince');
    expect((await hub.get(`${path}/explain`)).body).toEqual({ state: 'EXECUTING', unmet: [] });
  });
});
