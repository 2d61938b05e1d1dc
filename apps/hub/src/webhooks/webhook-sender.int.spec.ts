import { createHmac, timingSafeEqual } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Webhook } from '@apollo-deploy/domain';
import { aWebhook } from '@apollo-deploy/domain/testing';
import { type Heard, type Reply, says, StandIn } from '../testing/stand-in.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { ReceiverAddresses } from './receiver-addresses.js';
import { SendingStopped, WebhookSender } from './webhook-sender.js';

const TIMEOUT_MS = 15_000;
const BODY = { specversion: '1.0', type: 'dev.cdeventsx.apollo-plan.failed.0.1.0', é: '✅' };
const FORMER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

let receiver: StandIn;
let time: VirtualTime;
let asked: string[];
/** What the name of the receiver leads to, each time it is asked for. */
let leadsTo: string[][];
let sender: WebhookSender;
beforeEach(async () => {
  receiver = await StandIn.start();
  time = new VirtualTime();
  [asked, leadsTo] = [[], []];
  const resolve = (host: string): Promise<readonly string[]> => {
    asked.push(host);
    return Promise.resolve(leadsTo.shift() ?? ['127.0.0.1']);
  };
  const addresses = new ReceiverAddresses({ allowedNetworks: [], isLocal: true, resolve });
  sender = new WebhookSender({ addresses, clock: time, timer: time });
});
afterEach(async () => {
  await receiver.stop();
  expect(time.pending).toEqual([]);
});

function send(change: Partial<Webhook> = {}) {
  const url = `http://pager.example:${String(receiver.port)}/hook?a=b`;
  return sender.send(aWebhook({ url, secret: SECRET, ...change }), { id: 'msg-1', body: BODY });
}

/** As a receiver reads the specification of Standard Webhooks 1.0, without a line of ours. */
function isSigned({ headers, text }: Heard, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  const expected = createHmac('sha256', key).update(signed, 'utf8').digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'))
    .some((mac) => mac.length === expected.length && timingSafeEqual(mac, expected));
}

describe('a message to a webhook', () => {
  it('is signed by Standard Webhooks, and goes where its name leads', async () => {
    expect(await send()).toEqual({ ok: true, value: 200 });
    const [heard] = receiver.heard;
    expect(heard).toMatchObject({
      ...{ method: 'POST', path: '/hook?a=b', text: JSON.stringify(BODY) },
      headers: {
        host: `pager.example:${String(receiver.port)}`,
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'webhook-id': 'msg-1',
        'webhook-timestamp': String(Math.floor(time.now().getTime() / 1000)),
      },
    });
    expect(isSigned(heard!, SECRET)).toBe(true);
    expect(isSigned({ ...heard!, text: `${heard!.text} ` }, SECRET)).toBe(false);
    expect(isSigned(heard!, FORMER)).toBe(false);
  });

  it('is signed by the former secret as well, until that is over', async () => {
    const until = new Date(time.now().getTime() + 1000).toISOString();
    const formerSecret = { secret: FORMER, until };
    await send({ formerSecret });
    time.advance(1000);
    await send({ formerSecret });
    const signed = receiver.heard.map((one) => [isSigned(one, SECRET), isSigned(one, FORMER)]);
    expect(signed).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  it('is plain JSON and not signed where it goes to a chat', async () => {
    const { secret: _, ...slack } = aWebhook({ kind: 'slack', url: receiver.url });
    expect(await sender.send(slack, { id: 'msg-1', body: { text: 'hello' } })).toMatchObject({
      ok: true,
    });
    const [heard] = receiver.heard;
    expect(heard).toMatchObject({ text: '{"text":"hello"}' });
    expect(heard?.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(heard?.headers).not.toHaveProperty('webhook-signature');
  });

  it.each<{ name: string; reply: Reply; error: object }>([
    {
      name: 'no',
      reply: says(400, 'secret of the receiver'),
      error: { kind: 'refused', detail: 'the receiver answered 400' },
    },
    {
      name: 'that it is elsewhere',
      reply: (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      error: {
        kind: 'refused',
        detail:
          'the receiver answered 302, and redirections are not followed; name its own address',
      },
    },
    {
      name: 'that it is gone',
      reply: says(410),
      error: { kind: 'gone', detail: 'the receiver answered 410 (gone)' },
    },
    {
      name: 'that it failed',
      reply: says(500),
      error: { kind: 'unavailable', detail: 'the receiver answered 500' },
    },
    {
      name: 'nothing that is HTTP',
      reply: ({ socket }) => void socket?.end('SSH-2.0-OpenSSH_9.6\r\n'),
      error: {
        kind: 'unavailable',
        detail: expect.stringMatching(/^the receiver did not answer: /),
      },
    },
    {
      name: 'that it wants to speak something else',
      reply: ({ socket }) =>
        void socket?.write('HTTP/1.1 101 Other\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
      error: { kind: 'refused', detail: 'the receiver answered 101' },
    },
    {
      name: 'by breaking off',
      reply: (response) => void response.destroy(),
      error: { kind: 'unavailable', detail: 'the receiver did not answer: socket hang up' },
    },
  ])('is not taken by who answers $name', async ({ reply, error }) => {
    receiver.reply = reply;
    expect(await send()).toEqual({ ok: false, error });
    expect(receiver.heard).toHaveLength(1);
  });

  it.each<{ name: string; status: number; header: string; waitMs?: number }>([
    { name: 'seconds', status: 429, header: '120', waitMs: 120_000 },
    { name: 'seconds, of who is away', status: 503, header: '1', waitMs: 1_000 },
    { name: 'no number', status: 429, header: 'soon' },
    { name: 'seconds, of who says no', status: 400, header: '120' },
  ])('is held as long as its receiver asks: $name', async ({ status, header, waitMs }) => {
    receiver.reply = (response) => response.writeHead(status, { 'retry-after': header }).end();
    const sent = await send();
    const notBefore =
      waitMs === undefined ? undefined : new Date(time.now().getTime() + waitMs).toISOString();
    expect(sent.ok ? sent : sent.error.notBefore?.toISOString()).toBe(notBefore);
  });

  it('is held until the date that its receiver names', async () => {
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    receiver.reply = (response) => response.writeHead(503, { 'retry-after': date }).end();
    expect(await send()).toMatchObject({
      error: { notBefore: new Date('2026-10-21T07:28:00.000Z') },
    });
  });

  it('is taken by who answers without end', async () => {
    receiver.reply = (response) => {
      response.on('error', () => undefined).writeHead(200);
      response.write('x'.repeat(1_000_000));
    };
    expect(await send()).toEqual({ ok: true, value: 200 });
  });

  it('is not taken by who says nothing within 15 s', async () => {
    receiver.reply = () => undefined;
    const sent = send();
    await receiver.hears(1);
    time.advance(TIMEOUT_MS - 1);
    expect(time.pending).toEqual([1]);
    time.advance(1);
    expect(await sent).toEqual({
      ok: false,
      error: {
        kind: 'unavailable',
        detail: 'the receiver did not answer: no answer within 15 s',
      },
    });
  });

  it('goes to the address that was looked at: a name that leads elsewhere then is not asked again', async () => {
    leadsTo = [['127.0.0.1'], ['10.0.0.1']];
    expect(await send()).toEqual({ ok: true, value: 200 });
    expect(asked).toEqual(['pager.example']);
    const detail = expect.stringMatching(/^the host pager.example \(10\.0\.0\.1\) is not public/);
    expect(await send()).toEqual({ ok: false, error: { kind: 'unavailable', detail } });
    expect(receiver.heard).toHaveLength(1);
  });

  it('is left where it is when the hub stops', async () => {
    receiver.reply = () => undefined;
    const sent = send();
    await receiver.hears(1);
    sender.stop();
    await expect(sent).rejects.toThrow(SendingStopped);
    await expect(send()).rejects.toThrow(SendingStopped);
    expect(receiver.heard).toHaveLength(1);
  });
});
