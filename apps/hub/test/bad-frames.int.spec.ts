import { MAX_FRAME_BYTES } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { ListeningHub } from '../src/testing/spokes/listening-hub.js';
import type { SpokeClient } from '../src/testing/spokes/spoke-client.js';

const PINGS = 10_000;
const PIECES = 100_000;

let hub: ListeningHub;
beforeAll(async () => {
  hub = await ListeningHub.start();
});
afterAll(() => hub.stop());

/** Other spokes are served as ever, and nothing was logged as a fault of the hub. */
async function expectUnharmed(): Promise<void> {
  const other = await hub.connect('dev-2');
  await other.caughtUp();
  other.socket.terminate();
  await other.closed;
  expect(hub.logger.errors).toEqual([]);
}

/** One frame in so many pieces; the rest is not sent once the connection is closed. */
function sendInPieces({ socket }: SpokeClient, text: string, pieces: number): void {
  const size = Math.ceil(text.length / pieces);
  for (let piece = 0; piece < pieces && socket.readyState === socket.OPEN; piece += 1) {
    const fin = piece === pieces - 1;
    socket.send(text.slice(piece * size, fin ? undefined : (piece + 1) * size), { fin });
  }
}

const heartbeat = (epoch: number, id: string): string =>
  `{"v":1,"t":"heartbeat","id":"${id}","epoch":${epoch},"ts":"","p":{"running":[],"generation":0}}`;

describe('a frame in pieces', () => {
  it('is read where there are 64', async () => {
    const spoke = await hub.connect();
    sendInPieces(spoke, heartbeat(spoke.epoch, 'in-pieces').padEnd(1024), 64);
    expect((await spoke.next('heartbeat')).re).toBe('in-pieces');
    spoke.socket.terminate();
    await spoke.closed;
  });

  it('ends the connection with 1008 where there are 65', async () => {
    const spoke = await hub.connect();
    sendInPieces(spoke, heartbeat(spoke.epoch, 'in-pieces').padEnd(1040), 65);
    expect((await spoke.closed).code).toBe(1008);
    await expectUnharmed();
  });

  it('ends the connection with 1008 long before a hundred thousand', async () => {
    const spoke = await hub.connect();
    sendInPieces(spoke, ' '.repeat(PIECES), PIECES);
    expect((await spoke.closed).code).toBe(1008);
    await expectUnharmed();
  });

  it('may have no more bytes than one in one', async () => {
    const spoke = await hub.connect();
    sendInPieces(spoke, ' '.repeat(MAX_FRAME_BYTES + 64), 64);
    expect((await spoke.closed).code).toBe(1009);
    await expectUnharmed();
  });
});

describe('a flood', () => {
  it.each(['ping', 'pong'] as const)('of %ss ends the connection with 4429', async (type) => {
    const spoke = await hub.connect();
    for (let count = 0; count < PINGS; count += 1) {
      if (spoke.socket.readyState === spoke.socket.OPEN) spoke.socket[type]();
    }
    expect((await spoke.closed).code).toBe(4429);
    await expectUnharmed();
  });

  it('of frames is read no faster than they are handled, and every one is answered', async () => {
    const spoke = await hub.connect();
    for (let count = 0; count < 5000; count += 1) {
      spoke.socket.send(heartbeat(spoke.epoch, `beat-${count}`));
    }
    await spoke.caughtUp();
    expect(spoke.all('heartbeat')).toHaveLength(5001);
    spoke.socket.terminate();
    await spoke.closed;
    await expectUnharmed();
  });
});

describe('bytes that are no frames', () => {
  it.each([
    { name: 'that are not masked', bytes: [0x81, 0x01, 0x20], code: 1002 },
    { name: 'of a kind that there is not', bytes: [0x83, 0x80, 0, 0, 0, 0], code: 1002 },
    { name: 'that say they are compressed', bytes: [0xc1, 0x80, 0, 0, 0, 0], code: 1002 },
    {
      name: 'that say they are 2^63 long',
      bytes: [0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255],
      code: 1009,
    },
    { name: 'that begin in the middle', bytes: [0x80, 0x80, 0, 0, 0, 0], code: 1002 },
    { name: 'that ping in pieces', bytes: [0x09, 0x80, 0, 0, 0, 0], code: 1002 },
  ])('end the connection with $code: $name', async ({ bytes, code }) => {
    const spoke = await hub.connect();
    wireOf(spoke).write(Buffer.from(bytes));
    expect((await spoke.closed).code).toBe(code);
    await expectUnharmed();
  });
});

describe('a number for a session that there is not', () => {
  it.each([
    { name: 'a session to come', epoch: '2' },
    { name: 'a negative one', epoch: '-1' },
    { name: '2^53 + 1', epoch: '9007199254740993' },
    { name: 'a text', epoch: '"1"' },
    { name: 'a fraction', epoch: '1.5' },
    { name: 'nothing', epoch: 'null' },
  ])('ends the connection with 4400: $name', async ({ epoch }) => {
    await hub.store.changeSpoke('dev', { epoch: 0 });
    const spoke = await hub.connect();
    const frame = heartbeat(spoke.epoch, 'beat').replace(`"epoch":1`, `"epoch":${epoch}`);
    spoke.socket.send(frame);
    expect((await spoke.closed).code).toBe(4400);
    await expectUnharmed();
  });

  it('acknowledges nothing that was never sent', async () => {
    const spoke = await hub.connect();
    spoke.say('ack', {}, 'never-sent');
    await spoke.caughtUp();
    spoke.socket.terminate();
    await once(spoke.socket, 'close');
    await expectUnharmed();
  });
});

/** What the socket runs on. */
function wireOf({ socket }: SpokeClient): { write(bytes: Buffer): void } {
  return (socket as unknown as { readonly _socket: { write(bytes: Buffer): void } })._socket;
}
