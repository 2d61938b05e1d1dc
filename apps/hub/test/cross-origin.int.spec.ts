import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HubConfig } from '../src/config/hub-config.js';
import { TestHub } from '../src/testing/test-hub.js';

const PAGE = 'https://ui.example.com';
const PREFLIGHT = { 'access-control-request-method': 'PUT' };

let hub: TestHub;
afterEach(() => hub.stop());

async function start(settings: Partial<HubConfig> = {}): Promise<void> {
  hub = await TestHub.start({ login: 'required', corsOrigins: [PAGE], ...settings });
}

interface Told {
  readonly status: number | undefined;
  /** What it says of other origins, by the rest of the names of the headers. */
  readonly allows: Readonly<Record<string, unknown>>;
  readonly vary: string | undefined;
}

/** As a browser does it, which sets headers that `fetch` keeps to itself. */
function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Told> {
  return new Promise((resolve, reject) => {
    const sent = request(`${hub.url}${path}`, { method, headers }, (answer) => {
      answer.resume();
      const told = Object.entries(answer.headers).flatMap(([name, value]) =>
        name.startsWith('access-control-')
          ? [[name.replace('access-control-', ''), value] as const]
          : [],
      );
      const { vary } = answer.headers;
      resolve({ status: answer.statusCode, allows: Object.fromEntries(told), vary });
    });
    sent.once('error', reject).end();
  });
}

describe('a page of another origin', () => {
  it('may ask before it sends, if it is on the list', async () => {
    await start();
    expect(await send('OPTIONS', '/api/v1/plans', { origin: PAGE, ...PREFLIGHT })).toEqual({
      status: 204,
      allows: {
        'allow-origin': PAGE,
        'allow-methods': 'GET, HEAD, POST, PUT, DELETE',
        'allow-headers':
          'Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, Prefer, X-Request-Id',
        'expose-headers':
          'ETag, Idempotency-Replayed, Location, Preference-Applied, Retry-After, X-Request-Id',
        'max-age': '600',
      },
      vary: 'Origin',
    });
  });

  it('reads answers, refusals as well, if it is on the list, and never by cookies', async () => {
    await start();
    const { status, allows } = await send('GET', '/api/v1/plans', { origin: PAGE });
    expect([status, allows]).toEqual([
      401,
      {
        'allow-origin': PAGE,
        'expose-headers':
          'ETag, Idempotency-Replayed, Location, Preference-Applied, Retry-After, X-Request-Id',
      },
    ]);
  });

  it.each([
    { name: 'another site', origin: 'https://evil.example' },
    { name: 'no site', origin: 'null' },
    { name: 'another port', origin: `${PAGE}:8443` },
    { name: 'plain HTTP', origin: 'http://ui.example.com' },
    { name: 'a site that ends like it', origin: 'https://evil-ui.example.com' },
    { name: 'a site that begins like it', origin: `${PAGE}.evil.example` },
    { name: 'another spelling', origin: 'https://UI.example.com' },
    { name: 'two of them', origin: `${PAGE}, https://evil.example` },
    { name: 'everybody', origin: '*' },
  ])('is told nothing if it is of $name', async ({ origin }) => {
    await start();
    const answers = [
      await send('OPTIONS', '/api/v1/plans', { origin, ...PREFLIGHT }),
      await send('GET', '/healthz', { origin }),
    ];
    expect(answers).toEqual([
      { status: 405, allows: {}, vary: 'Origin' },
      { status: 200, allows: {}, vary: 'Origin' },
    ]);
  });

  it('is told nothing at all where no origin is named', async () => {
    await start({ corsOrigins: [] });
    const answer = await send('OPTIONS', '/api/v1/plans', { origin: PAGE, ...PREFLIGHT });
    expect(answer).toEqual({ status: 405, allows: {}, vary: undefined });
  });
});
