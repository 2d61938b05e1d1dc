import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CountingIds } from '@apollo-deploy/orchestration';
import { HubServer } from '../src/http/hub-server.js';
import { unharmedHub } from '../src/testing/unharmed-hub.js';

const MIB = 1024 * 1024;
const PRODUCT = '{"name":"x","criticality":"low"}';

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes back until the other side closes. */
async function rest(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

const statusesIn = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

describe('a hub that is sent what is not one whole request', () => {
  const hub = unharmedHub();
  const port = (): number => Number(new URL(hub().url).port);
  const head = (first: string, ...headers: readonly string[]): string =>
    [first, 'Host: 127.0.0.1', 'Content-Type: application/json', ...headers, '\r\n'].join('\r\n');

  it.each<{ name: string; text: string; statuses: readonly number[] }>([
    {
      name: 'a length and chunks at once',
      text: `${head('POST /api/v1/products HTTP/1.1', 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
      statuses: [400],
    },
    {
      name: 'two lengths',
      text: `${head('POST /api/v1/products HTTP/1.1', 'Content-Length: 1', 'Content-Length: 32')}${PRODUCT}`,
      statuses: [400],
    },
    {
      name: 'a length with a sign',
      text: `${head('POST /api/v1/products HTTP/1.1', 'Content-Length: +32')}${PRODUCT}`,
      statuses: [400],
    },
    {
      name: 'chunks by another name',
      text: `${head('POST /api/v1/products HTTP/1.1', 'Transfer-Encoding: xchunked')}${PRODUCT}`,
      statuses: [400],
    },
    {
      name: 'a chunk of no length',
      text: `${head('POST /api/v1/products HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n${PRODUCT}\r\n0\r\n\r\n`,
      statuses: [400],
    },
    {
      name: 'less than there is: the rest is no request',
      text: `${head('POST /api/v1/products HTTP/1.1', 'Content-Length: 2')}{}${PRODUCT}`,
      statuses: [400],
    },
    {
      name: 'a header over two lines',
      text: 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n',
      statuses: [400],
    },
    {
      name: 'a blank before the colon',
      text: 'GET /healthz HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n',
      statuses: [400],
    },
    {
      name: 'U+0000 in a header',
      text: 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\0b\r\n\r\n',
      statuses: [400],
    },
  ])('refuses $name, and does nothing', async ({ text, statuses }) => {
    const socket = await open(port());
    socket.end(text);
    const seen = statusesIn(await rest(socket));
    expect(seen.slice(0, 1)).toEqual(statuses);
    expect(seen.every((status) => status === 400)).toBe(true);
  });

  it('does nothing with a body that is shorter than it says', async () => {
    const socket = await open(port());
    socket.write(`${head('POST /api/v1/products HTTP/1.1', 'Content-Length: 33')}${PRODUCT}`);
    socket.end();
    expect(statusesIn(await rest(socket))).not.toContain(201);
  });

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
    'does not make another method of one: %s',
    async (header) => {
      const list = await hub().get('/api/v1/environments', { [header]: 'DELETE' });
      expect(list.status).toBe(200);
      const made = await hub().post('/api/v1/environments?_method=GET', {}, { [header]: 'GET' });
      expect(made.status).toBe(400);
    },
  );

  it.each(['TRACE', 'OPTIONS', 'PATCH', 'PROPFIND', 'PURGE'])('takes no %s', async (method) => {
    const socket = await open(port());
    socket.end(`${method} /api/v1/plans HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: secret\r\n\r\n`);
    const text = await rest(socket);
    expect(text).toMatch(/^HTTP\/1\.1 405 [^]*Allow: GET, HEAD\r\n/);
    expect(text).not.toContain('secret');
  });

  it('is no proxy', async () => {
    const socket = await open(port());
    socket.write('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n');
    expect(await rest(socket)).toMatch(/^HTTP\/1\.1 405 [^]*the hub is no proxy/);
  });

  it.each([
    { name: 'of 1 MiB is read', bytes: MIB, chunked: false, status: 400 },
    { name: 'of a byte more is not', bytes: MIB + 1, chunked: false, status: 413 },
    { name: 'of 1 MiB in chunks is read', bytes: MIB, chunked: true, status: 400 },
    { name: 'of a byte more in chunks is not', bytes: MIB + 1, chunked: true, status: 413 },
  ])('a body $name', async ({ bytes, chunked, status }) => {
    const body = JSON.stringify({ name: 'x'.repeat(bytes - '{"name":""}'.length) });
    expect(body).toHaveLength(bytes);
    const length = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${String(bytes)}`;
    const socket = await open(port());
    const sent = chunked ? `${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
    const answer = rest(socket);
    socket.write(`${head('POST /api/v1/products HTTP/1.1', length, 'Connection: close')}${sent}`);
    expect(statusesIn(await answer)).toEqual([status]);
  });
});

describe('a request that arrives slowly', () => {
  let server: HubServer;
  beforeEach(async () => {
    const arrival = { headersMs: 100, wholeMs: 200, checkMs: 20 };
    server = new HubServer({ ids: new CountingIds(), headers: { 'X-Test': 'yes' }, arrival });
    server.initHttpServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        resolve();
      });
    });
  });
  afterEach(() => server.close());

  it.each([
    { name: 'headers without end', text: 'GET / HTTP/1.1\r\nHost: a\r\n' },
    {
      name: 'an upgrade without end',
      text: 'GET /ws/spoke HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n',
    },
    { name: 'nothing but a first letter', text: 'G' },
  ])('is ended: $name', async ({ text }) => {
    const { port } = server.getHttpServer().address() as { port: number };
    const socket = await open(port);
    socket.write(text);
    const answer = await rest(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*X-Test: yes\r\n[^]*http\/request_timeout/);
  });
});
