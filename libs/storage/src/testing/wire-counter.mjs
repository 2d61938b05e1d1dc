import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `ReadyForQuery` and `CommandComplete` of the PostgreSQL protocol. */
const READY = 'Z'.charCodeAt(0);
const COMPLETE = 'C'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);

/**
 * A way to a database that counts what goes over it: how often somebody waited for the server, the
 * statements it ran, and what it committed, whether it was told to or did so after one statement.
 * @param {string} url As `startEmbeddedPostgres` answers it, or of a server that listens to TCP.
 */
export async function wireCounter(url) {
  const address = new URL(url.replace(/@\//, '@localhost/'));
  const folder = await mkdtemp(join(tmpdir(), 'apollo-wire-'));
  const port = address.searchParams.get('port') ?? (address.port || '5432');
  const target = targetOf(address, port);
  const counts = { roundTrips: 0, statements: 0, commits: 0 };
  const server = createServer((client) => {
    const upstream = createConnection(target);
    let waiting = false;
    client.on('data', (chunk) => {
      // Whatever is sent before the answer came belongs to the same round trip.
      if (!waiting) counts.roundTrips += 1;
      waiting = true;
      upstream.write(chunk);
    });
    const read = messages(answersInto(counts));
    upstream.on('data', (chunk) => {
      read(chunk);
      waiting = false;
      client.write(chunk);
    });
    for (const [one, other] of /** @type {const} */ ([
      [client, upstream],
      [upstream, client],
    ])) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  });
  await new Promise((resolve) =>
    server.listen(join(folder, `.s.PGSQL.${port}`), () => resolve(undefined)),
  );
  address.searchParams.set('host', folder);
  address.searchParams.set('port', port);
  return {
    url: address.href.replace('@localhost/', '@/'),
    read: () => ({ ...counts }),
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * @param {URL} address
 * @param {string} port
 */
function targetOf(address, port) {
  const folder = address.searchParams.get('host');
  if (folder !== null) return { path: join(folder, `.s.PGSQL.${port}`) };
  return { host: address.hostname, port: Number(port) };
}

/** @param {{ statements: number, commits: number }} counts */
function answersInto(counts) {
  let opened = false;
  let wrote = false;
  return (/** @type {number} */ type, /** @type {Buffer} */ body) => {
    if (type === READY) {
      if (wrote && !opened) counts.commits += 1;
      wrote = false;
      opened = body[0] !== IDLE;
    }
    if (type !== COMPLETE) return;
    const [word = ''] = body.toString('latin1').split(/[ \0]/);
    if (word === 'BEGIN') opened = true;
    else if (word === 'COMMIT') counts.commits += 1;
    else if (word !== 'ROLLBACK') counts.statements += 1;
    if (['INSERT', 'UPDATE', 'DELETE'].includes(word)) wrote = true;
  };
}

/**
 * Cuts a stream of the server into messages.
 * @param {(type: number, body: Buffer) => void} onMessage
 * @returns {(chunk: Buffer) => void}
 */
function messages(onMessage) {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const length = rest.length < 5 ? Infinity : rest.readUInt32BE(1) + 1;
      if (rest.length < length) return;
      onMessage(rest[0] ?? 0, rest.subarray(5, length));
      rest = rest.subarray(length);
    }
  };
}
