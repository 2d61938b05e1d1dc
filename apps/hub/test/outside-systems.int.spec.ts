import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { VirtualTime } from '../src/testing/spokes/virtual-time.js';
import { says } from '../src/testing/stand-in.js';
import type { Body } from './support/hub-client.js';
import { Outside } from './support/outside.js';
import { PipelineScene } from './support/pipeline-scene.js';

interface Answer {
  readonly status: number;
  readonly body: Body;
}

let outside: Outside;
let time: VirtualTime;
let scene: PipelineScene;
beforeEach(async () => {
  outside = await Outside.start();
  time = new VirtualTime();
  scene = await PipelineScene.start(outside.settings, { timer: time, settlingMs: 0 });
  await scene.service('aria', '1.0.0', '1.1.0');
});
afterEach(async () => {
  // First: a hub that stops waits for what it is telling.
  await outside.stop();
  await scene.stop();
});

async function post(path: string, body: object, prefer?: string): Promise<Answer> {
  const named = { service: 'aria', ...body };
  const headers = prefer === undefined ? {} : { prefer };
  const response = await scene.client.request('POST', path, named, headers);
  return { status: response.status, body: (await response.json()) as Body };
}
const deploy = (version: string) => post('/deploy', { version });
const rollBack = () => post('/rollback', { reason: 'Deployment broke login' });
const inProd = () => scene.spoke('prod').done;

/** What dev runs is promoted and the sre agrees; `answer` is still to come. */
async function promoting(): Promise<{ readonly answer: Promise<Answer> }> {
  const answer = post('/promote', { reason: 'Tested and verified' });
  await scene.agree();
  return { answer };
}
/** Versions go to dev and on to prod, one after another. */
async function promoted(...versions: readonly string[]): Promise<void> {
  for (const version of versions) {
    expect(await deploy(version)).toMatchObject({ status: 200, body: { status: 'completed' } });
    const { answer } = await promoting();
    expect(await answer).toMatchObject({ status: 200, body: { status: 'completed' } });
  }
}
/** HADES does what it is asked for before it answers. */
function hadesTakesBack(): void {
  outside.answers('HADES', (response, heard) => {
    scene.spoke('prod').seesTakenBack('aria', '1.0.0');
    says(200)(response, heard);
  });
}
/** The newest deployment of the service, once it has come to this status. */
function newest(status: string): Promise<Body> {
  return eventually(`a deployment that is ${status}`, async () => {
    const { items } = await scene.client.list('/api/v1/deployments?service=aria&limit=1');
    return items[0]?.['status'] === status ? items[0] : undefined;
  });
}

describe('all whom a hub asks and tells', () => {
  it('hear what they are specified to hear, word for word and in order', async () => {
    hadesTakesBack();
    await promoted('1.0.0', '1.1.0');
    expect(await rollBack()).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'rolled_back', service: 'aria', rolled_back_to: '1.0.0' },
        message: 'Rollback completed: HADES brought 1.0.0; it is held there',
      },
    });
    const look = (environment: string) => `PANOPTES GET /health/aria?environment=${environment}`;
    const looks = (environment: string) => Array.from({ length: 3 }, () => look(environment));
    expect(outside.asked).toEqual([
      ...[...looks('dev'), look('dev'), ...looks('prod')],
      ...[...looks('dev'), look('dev')],
      'CHRONOS POST /backup {"service":"aria","reason":"pre-deployment"}',
      ...looks('prod'),
      'CHRONOS POST /backup {"service":"aria","reason":"pre-deployment"}',
      'HADES POST /rollback {"service":"aria","target_version":"1.0.0","reason":"Deployment broke login"}',
      ...looks('prod'),
    ]);
    const places = ['dev', 'prod', 'dev', 'prod'];

    await outside.hears('HERMES', 5);
    expect(outside.toldTo('HERMES')).toEqual([
      ...places.map(
        (place) =>
          `POST /notify {"message":"✅ Deployed aria to ${place}","level":"success","source":"APOLLO"}`,
      ),
      'POST /notify {"message":"🔄 Rolling back aria to 1.0.0","level":"warning","source":"APOLLO"}',
    ]);

    await outside.hears('LCIS', 5);
    const lesson = (content: string) =>
      `POST /lessons {"content":"${content}","domain":"DEPLOYMENT","type":"success","source_agent":"APOLLO","tags":["deployment","devops"]}`;
    expect(outside.toldTo('LCIS')).toEqual([
      ...places.map((place) =>
        lesson(`Successfully deployed aria to ${place} using rolling strategy`),
      ),
      lesson('Rolled back aria to 1.0.0'),
    ]);

    await outside.hears('EVENT_BUS', 8);
    expect(outside.toldTo('EVENT_BUS')).toEqual(
      places.flatMap((env) => [
        `POST /publish {"event_type":"deployment_started","source":"APOLLO","data":{"service":"aria","env":"${env}"}}`,
        `POST /publish {"event_type":"deployment_completed","source":"APOLLO","data":{"service":"aria","env":"${env}","duration":…}}`,
      ]),
    );
  });
});

describe('a deployment that others are told of', () => {
  const NAMES = { HERMES: 'HERMES', LCIS: 'LCIS', EVENT_BUS: 'the event bus' } as const;
  /** How many notices of a deployment that completes each gets. */
  const NOTICES = { HERMES: 1, LCIS: 1, EVENT_BUS: 2 } as const;
  const each = ['HERMES', 'LCIS', 'EVENT_BUS'] as const;

  /** It completes as ever, and the two others hear of it. */
  async function goesOn(system: (typeof each)[number]): Promise<void> {
    expect(await deploy('1.0.0')).toMatchObject({ status: 200, body: { status: 'completed' } });
    for (const other of each) {
      if (other !== system) await outside.hears(other, NOTICES[other]);
    }
    await outside.hears(system, 1);
  }
  const noticesTo = async (system: string) =>
    (await scene.client.list(`/api/v1/notifications?receiver=${system.toLowerCase()}`)).items;

  it.each(each)('goes on where %s answers badly, and what was said is kept', async (system) => {
    outside.answers(system, says(500, 'no disk'));
    await goesOn(system);
    const [first, ...later] = await eventually('the first attempt', async () => {
      const notices = await noticesTo(system);
      return notices.some(({ attempts }) => attempts === 1) ? notices : undefined;
    });
    expect(first).toMatchObject({
      ...{ status: 'waiting', attempts: 1 },
      lastError: `${NAMES[system]} answered 500: no disk`,
    });
    // What comes later waits behind it.
    expect(later.map(({ status, attempts }) => ({ status, attempts }))).toEqual(
      Array.from({ length: NOTICES[system] - 1 }, () => ({ status: 'waiting', attempts: 0 })),
    );
    expect(outside.count(system)).toBe(1);
  });

  it.each(each)('goes on while %s answers slowly, and tells it all', async (system) => {
    const answer = outside.isSlow(system);
    await goesOn(system);
    answer();
    await eventually('all of it', async () => {
      const notices = await noticesTo(system);
      return notices.every(({ status }) => status === 'delivered') ? true : undefined;
    });
    expect(outside.count(system)).toBe(NOTICES[system]);
  });

  it.each(each)('goes on where %s never answers, and nothing is lost', async (system) => {
    outside.isSlow(system);
    await goesOn(system);
    expect(await noticesTo(system)).toEqual(
      Array.from({ length: NOTICES[system] }, () => expect.objectContaining({ status: 'waiting' })),
    );
  });
});

describe('a promotion over what runs', () => {
  const NOTHING_ELSE = ['aria 1.0.0 install'];
  beforeEach(async () => {
    await promoted('1.0.0');
    await deploy('1.1.0');
  });

  it('is aborted where CHRONOS answers badly: nothing is deployed', async () => {
    outside.answers('CHRONOS', says(500, 'no disk'));
    const { answer } = await promoting();
    expect(await answer).toMatchObject({
      status: 200,
      body: { status: 'failed', message: 'Promotion failed' },
    });
    const note =
      'aria-prod: the backup by CHRONOS failed, so nothing was deployed: CHRONOS answered 500: no disk';
    expect((await newest('failed'))['notes']).toBe(`Tested and verified (failed: ${note})`);
    expect(inProd()).toEqual(NOTHING_ELSE);
    await outside.hears('HERMES', 4);
    expect(outside.toldTo('HERMES').at(-1)).toContain(note);
  });

  it('waits for CHRONOS where it answers slowly, and then goes on', async () => {
    const done = outside.isSlow('CHRONOS');
    const { answer } = await promoting();
    await outside.hears('CHRONOS', 1);
    await newest('backing_up');
    expect(inProd()).toEqual(NOTHING_ELSE);
    done();
    expect(await answer).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(inProd()).toEqual([...NOTHING_ELSE, 'aria 1.1.0 upgrade']);
  });

  it('is aborted where CHRONOS never answers: nothing is deployed', async () => {
    outside.isSlow('CHRONOS');
    const { answer } = await promoting();
    await outside.hears('CHRONOS', 1);
    time.advance(30_000);
    expect(await answer).toMatchObject({ status: 200, body: { status: 'failed' } });
    expect((await newest('failed'))['notes']).toContain(
      'CHRONOS did not answer POST /backup: no whole answer within 30 s',
    );
    expect(inProd()).toEqual(NOTHING_ELSE);
  });

  it.each([
    { name: 'calls the source ill', reply: says(200, { healthy: false }) },
    { name: 'answers badly', reply: says(500) },
  ])('does not begin where PANOPTES $name', async ({ reply }) => {
    outside.answers('PANOPTES', reply);
    expect(await post('/promote', {})).toMatchObject({
      status: 400,
      body: {
        detail: 'Service aria is not healthy in dev. Fix it before promoting.',
        data: { because: [expect.stringContaining('PANOPTES answered')] },
      },
    });
    expect(inProd()).toEqual(NOTHING_ELSE);
  });

  it('does not begin where PANOPTES never answers', async () => {
    const calls = outside.count('PANOPTES');
    outside.isSlow('PANOPTES');
    const answer = post('/promote', {});
    await outside.hears('PANOPTES', calls + 1);
    time.advance(10_000);
    expect(await answer).toMatchObject({
      status: 400,
      body: {
        data: { because: [expect.stringContaining('PANOPTES does not say how aria does')] },
      },
    });
    expect(inProd()).toEqual(NOTHING_ELSE);
  });
});

describe('what was deployed', () => {
  const WENT_BACK = ['aria 1.0.0 install', 'aria 1.1.0 upgrade', 'aria 1.0.0 rollback'];
  let calls = 0;
  beforeEach(async () => {
    await deploy('1.0.0');
    calls = outside.count('PANOPTES');
  });

  /** What the newest deployment waits for, once nobody has answered how it does. */
  function unanswered(): Promise<readonly Body[]> {
    return eventually('a deployment that nobody could look at', async () => {
      const { id } = await newest('health_check');
      const { waitsFor } = await scene.client.get(`/api/v1/deployments/${String(id)}`);
      const waits = waitsFor as readonly Body[];
      return waits.some(({ code }) => code === 'health_unanswered') ? waits : undefined;
    });
  }

  it('goes back where PANOPTES calls it ill, twice', async () => {
    outside.answers('PANOPTES', says(200, { healthy: false, why: 'no disk' }));
    expect(await deploy('1.1.0')).toMatchObject({
      status: 200,
      body: { status: 'rolled_back', message: 'Deployment to dev failed' },
    });
    expect(outside.count('PANOPTES')).toBe(calls + 2);
    expect((await newest('rolled_back'))['notes']).toContain(
      'PANOPTES answered 200: {"healthy":false,"why":"no disk"}',
    );
    expect(scene.spoke('dev').done).toEqual(WENT_BACK);
  });

  it('is looked at until PANOPTES answers, however slowly', async () => {
    const answerNow = outside.isSlow('PANOPTES');
    const answer = deploy('1.1.0');
    await outside.hears('PANOPTES', calls + 1);
    await newest('health_check');
    answerNow();
    expect(await answer).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(outside.count('PANOPTES')).toBe(calls + 3);
  });

  it.each([
    { name: 'never answers', isAway: true, why: 'no whole answer within 10 s' },
    { name: 'answers badly', isAway: false, why: 'PANOPTES answered 503: overloaded' },
  ])('stays, and is not called completed, where PANOPTES $name', async ({ isAway, why }) => {
    if (isAway) outside.isSlow('PANOPTES');
    else outside.answers('PANOPTES', says(503, 'overloaded'));
    const answer = deploy('1.1.0');
    await outside.hears('PANOPTES', calls + 1);
    if (isAway) time.advance(10_000);
    expect(await unanswered()).toMatchObject([
      {
        message: expect.stringContaining(why),
        cure: expect.stringContaining('see to whoever watches services (PANOPTES_URL)'),
      },
    ]);
    time.advance(60_000);
    expect(await answer).toMatchObject({ status: 202 });
    expect(scene.spoke('dev').done).toEqual(WENT_BACK.slice(0, 2));
  });

  it('stays where PANOPTES is wrong once and right afterwards', async () => {
    outside.answers('PANOPTES', (response, heard) => {
      outside.answers('PANOPTES');
      says(200, { healthy: false })(response, heard);
    });
    expect(await deploy('1.1.0')).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(outside.count('PANOPTES')).toBe(calls + 3);
    expect(scene.spoke('dev').done).toEqual(WENT_BACK.slice(0, 2));
  });
});

describe('a rollback that HADES is to do', () => {
  const BEFORE = ['aria 1.0.0 install', 'aria 1.1.0 upgrade'];
  beforeEach(() => promoted('1.0.0', '1.1.0'));

  /** What the newest deployment came to, and what was learned from it. */
  async function failedWith(why: string): Promise<void> {
    expect(await newest('failed')).toMatchObject({ kind: 'rollback', notes: why });
    await outside.hears('LCIS', 5);
    expect(outside.toldTo('LCIS').at(-1)).toContain(`"Rollback failed for aria: ${why}"`);
    await outside.hears('HERMES', 5);
    expect(outside.toldTo('HERMES').at(-1)).toContain('🔄 Rolling back aria to 1.0.0');
    expect(inProd()).toEqual(BEFORE);
    expect((await scene.client.entity('aria-prod')).reported).toMatchObject({ version: '1.1.0' });
  }

  it('fails where it answers badly: nothing is changed', async () => {
    outside.answers('HADES', says(500, 'no'));
    const why = 'HADES rollback failed: it answered 500: no';
    expect(await rollBack()).toMatchObject({
      status: 500,
      body: { detail: `${why}; nothing was changed; see to HADES and ask again` },
    });
    await failedWith(why);
  });

  it('is not asked of it where CHRONOS keeps nothing: nothing is changed', async () => {
    outside.answers('CHRONOS', says(500, 'no disk'));
    const why =
      'failed: aria-prod: the backup by CHRONOS failed, so nothing was deployed: CHRONOS answered 500: no disk';
    expect(await rollBack()).toMatchObject({
      status: 500,
      body: { detail: expect.stringContaining(why) },
    });
    expect((await newest('failed'))['notes']).toContain(why);
    expect(outside.count('HADES')).toBe(0);
    expect(inProd()).toEqual(BEFORE);
    expect((await scene.client.entity('aria-prod')).reported).toMatchObject({ version: '1.1.0' });
  });

  it('is not asked of it in dev while prod runs the service, as it is told no environment', async () => {
    expect(await post('/rollback', { environment: 'dev' })).toMatchObject({
      status: 200,
      body: { status: 'rolled_back', environment: 'dev', message: 'Rollback completed' },
    });
    expect(outside.count('HADES')).toBe(0);
    expect(scene.spoke('dev').done).toEqual([...BEFORE, 'aria 1.0.0 rollback']);
    expect(inProd()).toEqual(BEFORE);
  });

  it('is not asked of it where it never ran in prod: the version waits as any change does', async () => {
    await scene.release('aria', '0.9.0');
    const body = { environment: 'prod', target_version: '0.9.0' };
    expect(await post('/rollback', body, 'wait=1')).toMatchObject({ status: 202 });
    const waits = await eventually('what it waits for', async () => {
      const { id } = await newest('pending');
      const { waitsFor } = await scene.client.get(`/api/v1/deployments/${String(id)}`);
      const codes = (waitsFor as readonly Body[]).map(({ code }) => code);
      return codes.includes('promoted') ? codes : undefined;
    });
    expect(waits).toContain('promoted');
    expect(outside.count('HADES')).toBe(0);
    expect(inProd()).toEqual(BEFORE);
  });

  it('is waited for where it answers slowly, and nothing moves meanwhile', async () => {
    const done = outside.isSlow('HADES');
    const answer = rollBack();
    await outside.hears('HADES', 1);
    const entity = await scene.client.entity('aria-prod');
    expect(entity.reported).toMatchObject({ version: '1.1.0' });
    scene.spoke('prod').seesTakenBack('aria', '1.0.0');
    done();
    expect(await answer).toMatchObject({
      status: 200,
      body: { status: 'rolled_back', rolled_back_to: '1.0.0' },
    });
    expect(inProd()).toEqual(BEFORE);
  });

  it('is asked once, however often a request with the same key comes', async () => {
    outside.answers('HADES', says(500, 'no'));
    const ask = async () => {
      const body = { service: 'aria', reason: 'Deployment broke login' };
      const key = { 'idempotency-key': 'take-it-back' };
      const response = await scene.client.request('POST', '/rollback', body, key);
      const replayed = response.headers.get('idempotency-replayed');
      return { status: response.status, replayed, body: (await response.json()) as Body };
    };
    const first = await ask();
    expect(first).toMatchObject({ status: 500, replayed: null });
    const again = await ask();
    expect(again).toMatchObject({
      ...{ status: 500, replayed: 'true' },
      body: { detail: expect.stringContaining('HADES rollback failed: it answered 500: no') },
    });
    expect(outside.count('HADES')).toBe(1);
  });

  it('fails where it never answers, and nothing moves, as it may have been done', async () => {
    outside.isSlow('HADES');
    const answer = rollBack();
    await outside.hears('HADES', 1);
    time.advance(30_000);
    const why =
      'HADES rollback failed: HADES did not answer POST /rollback: no whole answer within 30 s';
    expect(await answer).toMatchObject({
      status: 500,
      body: { detail: expect.stringContaining(`${why}; it may have been done`) },
    });
    await failedWith(why);
  });
});
