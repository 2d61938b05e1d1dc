import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `ReadyForQuery` and `CommandComplete` of the PostgreSQL protocol. */
const READY = 'Z'.charCodeAt(0);
const COMPLETE = 'C'.charCodeAt(0);

/**
 * A way to a database's socket that counts what goes over it.
 * @param {string} url As `startEmbeddedPostgres` answers it.
 */
export async function wireCounter(url) {
  const address = new URL(url.replace(/@\//, '@localhost/'));
  const port = address.searchParams.get('port') ?? '5432';
  const target = join(address.searchParams.get('host') ?? '', `.s.PGSQL.${port}`);
  const folder = await mkdtemp(join(tmpdir(), 'apollo-wire-'));
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
    const read = messages((type, body) => {
      if (type === READY) counts.statements += 1;
      if (type === COMPLETE && body.subarray(0, 6).toString() === 'COMMIT') counts.commits += 1;
    });
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
