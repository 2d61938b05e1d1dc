import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SCRIPT = join(import.meta.dirname, '..', '..', 'docker', 'health-check.mjs');

describe('the health check of the image of a hub', () => {
  let server: Server;
  let asked: string[];

  beforeEach(() => {
    asked = [];
    server = createServer();
  });
  afterEach(async () => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), 'close');
  });

  const answering = async (answer: RequestListener, address = '127.0.0.1'): Promise<string> => {
    server.on('request', (request, response) => {
      asked.push(`${String(request.method)} ${String(request.url)}`);
      answer(request, response);
    });
    await once(server.listen(0, address), 'listening');
    return String((server.address() as AddressInfo).port);
  };
  const saying = (status: number, body: string): RequestListener => {
    return (_, response) => response.writeHead(status).end(body);
  };

  it.each([
    { name: 'a hub that listens everywhere', host: '0.0.0.0', address: '127.0.0.1' },
    { name: 'a hub that listens everywhere by IPv6', host: '::', address: '::1' },
    { name: 'a hub on an address of a name', host: 'localhost', address: '127.0.0.1' },
    { name: 'a hub that was not told where to listen', host: '', address: '127.0.0.1' },
  ])('is content with $name that is well', async ({ host, address }) => {
    const port = await answering(saying(200, '{"status":"healthy"}'), address);
    expect(await check({ APOLLO_HOST: host, APOLLO_PORT: port })).toEqual({
      code: 0,
      said: '200 {"status":"healthy"}\n',
    });
    expect(asked).toEqual(['GET /health']);
  });

  it.each([
    { name: 'is not well', status: 503, said: '503 {"status":"unhealthy"}\n' },
    { name: 'has nothing to say', status: 204, said: '204 \n' },
  ])('complains about a hub that $name', async ({ status, said }) => {
    const port = await answering(saying(status, '{"status":"unhealthy"}'));
    expect(await check({ APOLLO_PORT: port })).toEqual({ code: 1, said });
  });

  it('does not follow to somebody else who is well', async () => {
    const port = await answering((_, response) =>
      response.writeHead(302, { location: '/healthz' }).end(),
    );
    const { code, said } = await check({ APOLLO_PORT: port });
    expect([code, asked]).toEqual([1, ['GET /health']]);
    expect(said).toContain(`http://127.0.0.1:${port}/health does not answer: `);
  });

  it('shows no more than the beginning of an answer', async () => {
    const port = await answering(saying(503, 'x'.repeat(100_000)));
    expect(await check({ APOLLO_PORT: port })).toEqual({
      code: 1,
      said: `503 ${'x'.repeat(1_000)}\n`,
    });
  });

  it('complains where nothing listens', async () => {
    const port = await answering(saying(200, ''));
    await once(server.close(), 'close');
    const { code, said } = await check({ APOLLO_PORT: port });
    expect(code).toBe(1);
    expect(said).toContain(`http://127.0.0.1:${port}/health does not answer: Error: connect`);
  });

  it('gives up before Docker does on a hub that never answers', async () => {
    const port = await answering(() => undefined);
    const { code, said } = await check({ APOLLO_PORT: port });
    expect(code).toBe(1);
    expect(said).toContain('does not answer: TimeoutError');
  });
});

async function check(environment: Record<string, string>): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [SCRIPT], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code]] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, said: said.join('') };
}
