import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Reply, says, StandIn } from '../testing/stand-in.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { type Answer, type Call, callReceiver, quoted } from './call-receiver.js';
import { ReceiverUnavailable } from './receiver-unavailable.js';

const TIMEOUT_MS = 5_000;
const TELL: Call = { method: 'POST', path: '/notify', body: { b: 1, a: 'é ✅' } };

let other: StandIn;
let time: VirtualTime;
beforeEach(async () => {
  other = await StandIn.start();
  time = new VirtualTime();
});
afterEach(() => other.stop());

function call(made: Call = TELL, prefix = ''): Promise<Answer> {
  const address = { name: 'HERMES', url: `${other.url}${prefix}`, timeoutMs: TIMEOUT_MS };
  return callReceiver(address, made, time);
}

/** What a call came to that was not answered. */
async function outage(): Promise<unknown> {
  return call().then(quoted, (error: unknown) => error);
}

describe('a call to somebody outside', () => {
  it('sends exactly the body, in its order, and asks nobody to keep the connection', async () => {
    await call();
    expect(other.heard).toMatchObject([
      {
        method: 'POST',
        path: '/notify',
        text: '{"b":1,"a":"é ✅"}',
        headers: { 'content-type': 'application/json', connection: 'close' },
      },
    ]);
    expect(time.pending).toEqual([]);
  });

  it('keeps the path that is configured before its own', async () => {
    await call({ method: 'GET', path: '/health/aria?environment=prod' }, '/panoptes/v1');
    expect(other.heard).toMatchObject([
      { method: 'GET', path: '/panoptes/v1/health/aria?environment=prod', text: '' },
    ]);
  });

  it.each<{ name: string; reply: Reply; expected: Partial<Answer> }>([
    {
      name: 'well',
      reply: says(200, { ok: true }),
      expected: { status: 200, text: '{"ok":true}' },
    },
    { name: 'that it failed', reply: says(500, 'oh'), expected: { status: 500, text: 'oh' } },
    { name: 'that there is no such thing', reply: says(404), expected: { status: 404, text: '' } },
    {
      name: 'with a page',
      reply: says(200, '<html>hello</html>'),
      expected: { status: 200, text: '<html>hello</html>' },
    },
    {
      name: 'that it is elsewhere, which is not followed',
      reply: (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      expected: { status: 302, text: '' },
    },
    {
      name: 'with as much as is read',
      reply: says(200, 'x'.repeat(65_536)),
      expected: { status: 200, text: 'x'.repeat(65_536), cut: false },
    },
    {
      name: 'with more than is read',
      reply: says(200, 'x'.repeat(65_537)),
      expected: { status: 200, text: 'x'.repeat(65_536), cut: true },
    },
  ])('answers what came back: $name', async ({ reply, expected }) => {
    other.reply = reply;
    expect(await call()).toEqual({ cut: false, ...expected });
    expect(other.heard).toHaveLength(1);
    expect(time.pending).toEqual([]);
  });

  it('reads no more of an answer without end', async () => {
    other.reply = (response) => {
      const more = (): void => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', more).writeHead(200);
      more();
    };
    expect(await call()).toMatchObject({ status: 200, cut: true });
  });

  it.each<{ name: string; reply: Reply }>([
    { name: 'nothing', reply: () => undefined },
    { name: 'no more than a beginning', reply: (response) => void response.write('{"healthy":') },
  ])('gives up where $name comes in time', async ({ reply }) => {
    other.reply = reply;
    const gone = outage();
    await other.hears(1);
    time.advance(TIMEOUT_MS - 1);
    expect(time.pending).toEqual([1]);
    time.advance(1);
    expect(await gone).toMatchObject({
      name: 'ReceiverUnavailable',
      retryable: true,
      message: 'HERMES did not answer POST /notify: no whole answer within 5 s',
      cause: expect.any(Error),
    });
  });

  it.each<{ name: string; reply: Reply }>([
    { name: 'breaks off at once', reply: (response) => void response.destroy() },
    {
      name: 'breaks off in the middle',
      reply: (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{', () => response.destroy());
      },
    },
    {
      name: 'does not speak HTTP',
      reply: ({ socket }) => void socket?.end('SSH-2.0-OpenSSH_9.6\r\n'),
    },
    {
      name: 'wants to speak something else',
      reply: ({ socket }) =>
        void socket?.write('HTTP/1.1 101 Other\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
    },
  ])('is an outage where the other $name', async ({ reply }) => {
    other.reply = reply;
    const error = await outage();
    expect(error).toBeInstanceOf(ReceiverUnavailable);
    expect(error).toMatchObject({ reached: true, cause: { message: expect.any(String) } });
    expect(other.heard).toHaveLength(1);
    expect(time.pending).toEqual([]);
  });

  it('is an outage where nobody is there', async () => {
    await other.stop();
    expect(await outage()).toMatchObject({
      name: 'ReceiverUnavailable',
      reached: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([
    { name: 'nothing', text: ' \n ', expected: '503 and nothing else' },
    { name: 'lines, as one', text: 'too\n  many\tjobs', expected: '503: too many jobs' },
    { name: '200 characters', text: 'x'.repeat(200), expected: `503: ${'x'.repeat(200)}` },
    { name: 'more', text: 'x'.repeat(201), expected: `503: ${'x'.repeat(200)}…` },
    {
      name: 'a sign that would be cut in two',
      text: `${'x'.repeat(199)}😀 more`,
      expected: `503: ${'x'.repeat(199)}…`,
    },
    {
      name: 'what is not to be shown',
      text: 'a\0b\u001B[31mred',
      expected: '503: a b [31mred',
    },
  ])('quotes of an answer with $name', ({ text, expected }) => {
    expect(quoted({ status: 503, text, cut: false })).toBe(expected);
  });
});
