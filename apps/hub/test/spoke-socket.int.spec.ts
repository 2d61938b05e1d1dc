import { sha256Hex } from '@apollo-deploy/kernel';
import {
  addToChannel,
  createProduct,
  putEntity,
  registerRelease,
} from '@apollo-deploy/orchestration';
import { MAX_FRAME_BYTES, type SpokePayload } from '@apollo-deploy/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ListeningHub, PERSON } from '../src/testing/spokes/listening-hub.js';
import { anOffer, aReport } from '../src/testing/spokes/spoke-scene.js';

const CHART = Buffer.from('chart of aria 1.0.0');
const NOBODYS_SHA256 = '0'.repeat(64);

let hub: ListeningHub;
beforeEach(async () => {
  hub = await ListeningHub.start();
});
afterEach(async () => {
  await hub.stop();
});

const full = (generation: number, ...names: readonly string[]): SpokePayload<'state.full'> => ({
  generation,
  part: 1,
  parts: 1,
  releases: names.map((name) => aReport(name)),
});
const delta = (generation: number, ...names: readonly string[]): SpokePayload<'state.delta'> => ({
  generation,
  changed: names.map((name) => aReport(name)),
  removed: [],
});

/** Product `aria` with one release, and an entity of it on spoke `dev`. */
async function desireAria(): Promise<void> {
  const { context } = hub;
  const chart = { name: 'aria', version: '1.0.0', sha256: sha256Hex(CHART), size: CHART.length };
  await createProduct(context, PERSON, { name: 'aria', criticality: 'medium' });
  await registerRelease(context, PERSON, {
    product: 'aria',
    version: '1.0.0',
    chart,
    bytes: CHART,
    dependencies: [],
  });
  await addToChannel(context, PERSON, { channel: 'dev', product: 'aria', version: '1.0.0' });
  await putEntity(context, PERSON, {
    name: 'aria-dev',
    spoke: 'dev',
    product: 'aria',
    desired: { channel: 'dev' },
  });
}

describe('an upgrade to the spoke socket', () => {
  it.each([
    { name: 'no token', headers: { Authorization: undefined }, status: 401 },
    { name: 'a token that nobody has', headers: { Authorization: 'Bearer guessed' }, status: 401 },
    { name: 'another scheme', headers: { Authorization: 'Basic ZGV2OmRldg==' }, status: 401 },
    { name: 'a page of another site behind it', headers: { Origin: 'http://x.test' }, status: 403 },
    { name: 'no subprotocol', headers: { 'Sec-WebSocket-Protocol': undefined }, status: 426 },
    {
      name: 'another subprotocol',
      headers: { 'Sec-WebSocket-Protocol': 'apollo.v0' },
      status: 426,
    },
    { name: 'no key', headers: { 'Sec-WebSocket-Key': undefined }, status: 400 },
    { name: 'headers of 64 KiB', headers: { 'X-Long': 'x'.repeat(65_536) }, status: 431 },
    { name: 'everything it needs', headers: {}, status: 101 },
  ])('is answered with $status where it has $name', async ({ headers, status }) => {
    expect((await hub.upgrade(headers)).status).toBe(status);
  });

  it('is refused with a problem that says what to do', async () => {
    const { headers, body } = await hub.upgrade({ Authorization: undefined });
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'www-authenticate': 'Bearer',
    });
    expect(JSON.parse(body.toString())).toMatchObject({
      type: 'urn:apollo-deploy:problem:spoke/unauthenticated',
      status: 401,
      code: 'spoke/unauthenticated',
      detail: 'send a session token of this spoke: Authorization: Bearer <token>',
    });
  });

  it('is refused with 403 for a revoked spoke', async () => {
    await hub.store.changeSpoke('dev', { revoked: true });
    expect((await hub.upgrade()).status).toBe(403);
  });

  it('is refused with 404 at any other path, also with the token in its query', async () => {
    expect((await hub.upgrade({}, '/ws/other')).status).toBe(404);
    const inQuery = `/ws/spoke?token=${hub.tokenOf('dev')}`;
    expect((await hub.upgrade({ Authorization: undefined }, inQuery)).status).toBe(401);
  });

  it('is sent away with a time to come back while the store is away', async () => {
    hub.store.away = true;
    const { status, headers } = await hub.upgrade();
    hub.store.away = false;
    expect(status).toBe(503);
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  it('is sent away where 64 others are being checked', async () => {
    let open: () => void = () => undefined;
    hub.store.gate = new Promise((resolve) => (open = resolve));
    const answers = Array.from({ length: 65 }, () => hub.upgrade());
    const first = await Promise.race(answers);
    expect(first.status).toBe(503);
    open();
    hub.store.gate = undefined;
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 101)).toHaveLength(64);
  });

  it('leaves ordinary requests alone', async () => {
    expect((await hub.get('/healthz')).status).toBe(200);
    expect((await hub.get('/ws/spoke')).status).toBe(404);
  });

  it('agrees on the subprotocol and on no compression', async () => {
    const spoke = await hub.connect();
    expect(spoke.socket.protocol).toBe('apollo.v1');
    expect(spoke.socket.extensions).toBe('');
    spoke.socket.terminate();
  });
});

describe('a connection', () => {
  it('keeps the order of its messages, and acknowledges each after its commit', async () => {
    const spoke = await hub.connect();
    const sent = [spoke.say('state.full', full(1))];
    for (let generation = 2; generation <= 200; generation += 1) {
      sent.push(spoke.say('state.delta', delta(generation, `release-${generation}`)));
    }
    await spoke.caughtUp(200);
    expect(spoke.all('ack').map(({ re }) => re)).toEqual(sent);
    expect(await hub.store.spoke()).toMatchObject({ stateGeneration: 200 });
    expect(await hub.store.releasesOf()).toHaveLength(199);
  });

  it('has stored what it acknowledges', async () => {
    const spoke = await hub.connect();
    const id = spoke.say('state.full', full(1, 'aria'));
    expect((await spoke.next('ack')).re).toBe(id);
    expect(await hub.store.releasesOf()).toEqual(['aria']);
  });

  it('is asked for the full state after a gap', async () => {
    const spoke = await hub.connect();
    spoke.say('state.full', full(1, 'aria'));
    spoke.say('state.delta', delta(3, 'cart'));
    await spoke.next('state.request');
    spoke.say('state.full', full(3, 'aria', 'cart'));
    await spoke.caughtUp(3);
    expect(await hub.store.releasesOf()).toEqual(['aria', 'cart']);
    expect(spoke.all('state.request')).toHaveLength(1);
  });

  it('takes a state in many parts of nearly a frame each', async () => {
    const spoke = await hub.connect();
    const message = 'x'.repeat(2048);
    for (let part = 1; part <= 20; part += 1) {
      const releases = Array.from({ length: 300 }, (_, index) =>
        aReport(`release-${part}-${index}`, message),
      );
      spoke.say('state.full', { generation: 1, part, parts: 20, releases });
    }
    await spoke.caughtUp(1);
    expect(await hub.store.releasesOf()).toHaveLength(6000);
  });

  it('is closed with 4400 where it does not say hello in 5 s', async () => {
    const spoke = await hub.dial();
    expect(await spoke.closed).toEqual({ code: 4400, reason: 'no hello came within 5 s' });
  });

  it.each([
    { name: 'no JSON', frame: '{', code: 4400 },
    { name: 'a byte over a frame', frame: ' '.repeat(MAX_FRAME_BYTES + 1), code: 1009 },
    { name: 'binary', frame: Buffer.from('{}'), code: 4400 },
    { name: 'depth without end', frame: '['.repeat(MAX_FRAME_BYTES), code: 4400 },
  ])('is closed with $code by a frame of $name', async ({ frame, code }) => {
    const spoke = await hub.connect();
    spoke.socket.send(frame);
    expect((await spoke.closed).code).toBe(code);
    expect((await hub.get('/healthz')).status).toBe(200);
  });

  it('is closed with 1007 by text that is not UTF-8', async () => {
    const spoke = await hub.connect();
    spoke.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    expect((await spoke.closed).code).toBe(1007);
  });

  it('stores output of programs that no database can keep as it is', async () => {
    const spoke = await hub.connect();
    spoke.say('state.full', {
      ...full(1),
      releases: [aReport('aria', 'half a character \ud83d and a null \u0000')],
    });
    await spoke.next('ack');
    const [state] = await hub.store.transact((unit) => unit.releaseStates.ofSpoke('dev'));
    expect(state?.report['message']).toBe('half a character \ufffd and a null \ufffd');
  });
});

describe('sessions of one spoke', () => {
  it('supersede each other: the older is closed with 4409 and writes nothing more', async () => {
    const older = await hub.connect();
    const newer = await hub.connect();
    expect((await older.closed).code).toBe(4409);
    await newer.caughtUp();
    expect(await hub.store.spoke()).toMatchObject({ epoch: 2, connected: true });
  });

  it('write nothing once another replica has opened a newer one', async () => {
    const spoke = await hub.connect();
    await hub.store.changeSpoke('dev', { epoch: 2 });
    spoke.say('state.full', full(1, 'aria'));
    expect((await spoke.closed).code).toBe(4409);
    expect(await hub.store.releasesOf()).toEqual([]);
  });
});

describe('an offer', () => {
  it('comes again on every connection until it is acknowledged', async () => {
    await hub.store.addToOutbox(anOffer(1));
    const first = await hub.connect();
    const offer = await first.next('plan.offer');
    expect(offer.id).toBe('offer-1');
    first.socket.terminate();
    const second = await hub.connect();
    expect(await second.next('plan.offer')).toMatchObject({ id: 'offer-1', p: offer.p });
    second.say('ack', {}, 'offer-1');
    await second.caughtUp();
    expect(await hub.store.outboxOf()).toEqual([]);
    const third = await hub.connect();
    await hub.store.addToOutbox(anOffer(2));
    expect((await third.next('plan.offer')).id).toBe('offer-2');
  });

  it('that is written while the spoke is connected comes at once, and once', async () => {
    const [spoke, other] = [await hub.connect('dev'), await hub.connect('dev-2')];
    for (const number of [1, 2, 3]) await hub.store.addToOutbox(anOffer(number));
    for (const number of [1, 2, 3]) {
      expect((await spoke.next('plan.offer')).id).toBe(`offer-${number}`);
    }
    await hub.store.addToOutbox(anOffer(4, 'dev-2'));
    await other.next('plan.offer');
    await spoke.caughtUp();
    expect(spoke.all('plan.offer')).toHaveLength(3);
    expect(other.all('plan.offer')).toHaveLength(1);
  });

  it('of the engine is carried out: two equal verdicts have one effect', async () => {
    await desireAria();
    const spoke = await hub.connect();
    spoke.say('state.full', full(1));
    const { id, p: offer } = await spoke.next('plan.offer');
    expect(offer).toMatchObject({ content: { entity: 'aria-dev', type: 'install' } });
    const { planId, attempt } = offer;
    const at = new Date().toISOString();
    const result = { verdict: 'succeeded' as const, message: 'all is well', evidence: {} };
    spoke.say('plan.accept', { planId, attempt, at });
    spoke.say('plan.result', { planId, attempt, at, result, release: aReport('aria') });
    spoke.say('plan.result', { planId, attempt, at, result, release: aReport('aria') });
    spoke.say('ack', {}, id);
    await spoke.caughtUp(1);
    const plan = await hub.store.transact((unit) => unit.plans.get(planId));
    expect(plan).toMatchObject({ state: 'SUCCEEDED' });
    expect(await hub.store.auditOf(`plan/${planId}`)).toEqual([
      'plan.propose',
      'plan.dispatch',
      'plan.claim',
      'plan.succeeded',
    ]);
  });
});

describe('a spoke that has stopped reading', () => {
  it('is cut off, and finds on its next connection what it was offered', async () => {
    const values = { text: 'x'.repeat(250_000) };
    for (let number = 1; number <= 40; number += 1) {
      const offer = anOffer(number);
      await hub.store.addToOutbox({ ...offer, payload: { ...offer.payload, values } });
    }
    const spoke = await hub.connect();
    spoke.socket.pause();
    const heartbeat = `{"v":1,"t":"heartbeat","id":"h","epoch":${spoke.epoch},"ts":"","p":{"running":[],"generation":0}}`;
    const cut = new AbortController();
    const said = hub.logger.said('cutting the connection of a spoke').then(() => {
      cut.abort();
    });
    while (!cut.signal.aborted) {
      await new Promise((resolve) => spoke.socket.send(heartbeat, resolve));
    }
    await said;
    spoke.socket.terminate();
    const again = await hub.connect();
    for (let number = 1; number <= 40; number += 1) {
      expect((await again.next('plan.offer')).id).toBe(`offer-${number}`);
    }
  });
});

describe('a replica that stops', () => {
  it('says goodbye to its spokes and closes them with 1012', async () => {
    const [spoke, silent] = [await hub.connect('dev'), await hub.dial('dev-2')];
    await hub.stop();
    expect((await spoke.closed).code).toBe(1012);
    expect((await silent.closed).code).toBe(1012);
    expect(spoke.all('drain')).toHaveLength(1);
    expect(await hub.store.spoke()).toMatchObject({ connected: false });
    await expect(hub.upgrade()).rejects.toThrow('ECONNREFUSED');
    expect(hub.logger.errors).toEqual([]);
  });
});

describe('a chart', () => {
  it('is served to spokes by its digest, byte for byte, for ever', async () => {
    await desireAria();
    const { status, headers, body } = await hub.get(`/spoke/charts/${sha256Hex(CHART)}`, {
      Authorization: `Bearer ${hub.tokenOf('dev')}`,
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-length': String(CHART.length),
      'cache-control': 'private, max-age=31536000, immutable',
    });
    expect(body.equals(CHART)).toBe(true);
  });

  it.each([
    { name: 'nobody', sha256: sha256Hex(CHART), token: undefined, status: 401 },
    { name: 'a stranger', sha256: sha256Hex(CHART), token: 'guessed', status: 401 },
    {
      name: 'a spoke that has nothing of it',
      sha256: sha256Hex(CHART),
      token: 'dev-2',
      status: 404,
    },
    { name: 'a spoke, by a digest of nothing', sha256: NOBODYS_SHA256, token: 'dev', status: 404 },
    { name: 'a spoke, by what is no digest', sha256: '..%2F..', token: 'dev', status: 404 },
  ])('is not served to $name: $status', async ({ sha256, token, status }) => {
    await desireAria();
    const authorization = token?.startsWith('dev') === true ? hub.tokenOf(token) : token;
    const answer = await hub.get(
      `/spoke/charts/${sha256}`,
      authorization === undefined ? {} : { Authorization: `Bearer ${authorization}` },
    );
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});
