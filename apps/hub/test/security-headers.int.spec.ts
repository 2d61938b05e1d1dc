import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SPOKE_SUBPROTOCOL } from '@apollo-deploy/protocol';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestHub } from '../src/testing/test-hub.js';

const PLAIN = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const HOST = 'Host: apollo.example';
const UPGRADE = [HOST, 'Connection: Upgrade', 'Upgrade: websocket'];
const PAGE = 'https://ui.example.com';

let hub: TestHub;
let authorization: string;
beforeAll(async () => {
  hub = await TestHub.start({
    login: 'required',
    publicUrl: 'https://apollo.example',
    corsOrigins: [PAGE],
    limits: { perPrincipal: 100, perAddress: 10, perDoor: 1 },
  });
  const { store, clock } = hub;
  const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
  ({ authorization } = await anAccount(context, 'ann', { roles: ['admin', 'sre'] }));
});
afterAll(() => hub.stop());

/** The first line and the headers of what comes back for these lines. */
async function headOf(...lines: readonly string[]): Promise<readonly string[]> {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let text = '';
  while (!text.includes('\r\n\r\n')) text += String((await once(socket, 'data'))[0]);
  socket.destroy();
  return (text.split('\r\n\r\n')[0] ?? '').split('\r\n');
}

describe('the security headers', () => {
  it.each<{ name: string; lines: readonly string[]; status: number; change?: object }>([
    { name: 'an answer', lines: ['GET /healthz HTTP/1.1', HOST], status: 200 },
    { name: 'an answer without a body', lines: ['HEAD /healthz HTTP/1.1', HOST], status: 200 },
    { name: 'what is not there', lines: ['GET /nowhere HTTP/1.1', HOST], status: 404 },
    { name: 'who is not known', lines: ['GET /api/v1/people HTTP/1.1', HOST], status: 401 },
    { name: 'a login that is not set up', lines: ['GET /auth/login HTTP/1.1', HOST], status: 400 },
    { name: 'a stranger again', lines: ['GET /auth/login HTTP/1.1', HOST], status: 429 },
    { name: 'a method of nothing', lines: ['TRACE /api/v1/plans HTTP/1.1', HOST], status: 405 },
    { name: 'a tunnel', lines: ['CONNECT evil.example:443 HTTP/1.1', HOST], status: 405 },
    {
      name: 'a preflight',
      lines: [
        'OPTIONS /api/v1/plans HTTP/1.1',
        HOST,
        `Origin: ${PAGE}`,
        'Access-Control-Request-Method: GET',
      ],
      status: 204,
    },
    { name: 'another OPTIONS', lines: ['OPTIONS * HTTP/1.1', HOST], status: 404 },
    {
      name: 'torn JSON',
      lines: [
        'POST /api/v1/products HTTP/1.1',
        HOST,
        'Content-Type: application/json',
        'Content-Length: 1',
        '',
        '{',
      ],
      status: 400,
    },
    { name: 'half an escape', lines: ['GET /api/v1/plans/%zz HTTP/1.1', HOST], status: 400 },
    { name: 'no HTTP', lines: ['EHLO evil.example'], status: 400 },
    { name: 'no host', lines: ['GET /healthz HTTP/1.1'], status: 400 },
    {
      name: 'two lengths',
      lines: ['GET /healthz HTTP/1.1', HOST, 'Content-Length: 1', 'Content-Length: 2'],
      status: 400,
    },
    {
      name: 'headers without end',
      lines: ['GET /healthz HTTP/1.1', HOST, `X: ${'x'.repeat(20_000)}`],
      status: 431,
    },
    {
      name: 'an expectation of nothing',
      lines: ['GET /healthz HTTP/1.1', HOST, 'Expect: miracles'],
      status: 200,
    },
    { name: 'another socket', lines: ['GET /other HTTP/1.1', ...UPGRADE], status: 404 },
    { name: 'another protocol', lines: ['GET /ws/spoke HTTP/1.1', ...UPGRADE], status: 426 },
    {
      name: 'no spoke',
      lines: [
        'GET /ws/spoke HTTP/1.1',
        ...UPGRADE,
        `Sec-WebSocket-Protocol: ${SPOKE_SUBPROTOCOL}`,
        'Authorization: Bearer nonsense',
      ],
      status: 401,
    },
    {
      name: 'the pages of the description',
      lines: ['GET /api/docs HTTP/1.1', HOST],
      status: 200,
      change: { 'content-security-policy': expect.stringContaining("script-src 'self'") },
    },
    { name: 'the description', lines: ['GET /api/openapi.json HTTP/1.1', HOST], status: 200 },
  ])('are on the answer to $name', async ({ lines, status, change }) => {
    const [first, ...rest] = await headOf(...lines);
    const headers = rest.map((line) => line.split(/: (.*)/).slice(0, 2));
    const named = Object.fromEntries(
      headers.map(([name = '', value]) => [name.toLowerCase(), value]),
    );
    expect([first, named]).toMatchObject([
      expect.stringContaining(`HTTP/1.1 ${String(status)} `),
      { ...PLAIN, ...change },
    ]);
    expect(named).not.toHaveProperty('x-powered-by');
    expect(named).not.toHaveProperty('server');
  });

  it.each([
    { name: 'one thing about people', path: '/api/v1/people/ann', cache: 'no-store' },
    { name: 'lists', path: '/api/v1/people', cache: 'no-store' },
    { name: 'events', path: '/api/v1/events', cache: 'no-store, no-transform' },
    { name: 'lines of a file', path: '/api/v1/audit/export', cache: 'no-store' },
  ])('are on $name for those who may see them', async ({ path, cache }) => {
    const { status, headers } = await hub.get(path, { authorization });
    expect([status, Object.fromEntries(headers)]).toMatchObject([
      200,
      { ...PLAIN, 'cache-control': cache },
    ]);
  });

  it('do not send browsers to HTTPS where the hub is known by HTTP', async () => {
    const other = await TestHub.start({ publicUrl: 'http://127.0.0.1:8234' });
    const { headers } = await other.get('/healthz');
    await other.stop();
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
