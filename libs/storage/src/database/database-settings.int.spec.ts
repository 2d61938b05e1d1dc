import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { transactionPool } from './database-settings.js';

const AUTHENTICATED = message('R', Buffer.from([0, 0, 0, 0]));
const READY = message('Z', Buffer.from('I'));
const ENDING = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

let server: Server | undefined;

afterEach(async () => {
  if (server === undefined) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
});

/** One message of the protocol between PostgreSQL and its clients. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** A server that dies in the moment it has let a client in: the client reads both at once. */
async function dyingServer(): Promise<string> {
  server = createServer((socket) => {
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, ENDING])));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `postgresql://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/apollo`;
}

describe('a connection whose server dies in the moment it is handed out', () => {
  it('fails what it was made for and not the process', async () => {
    const pool = transactionPool({ url: await dyingServer() });
    await expect(pool.query('SELECT 1')).rejects.toThrow(/connection error and is not queryable/);
  });
});
