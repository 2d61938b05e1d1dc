import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { registerExamples } from '../start/examples.mjs';
import { HubApi } from '../start/hub-api.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const ENVIRONMENTS = [{ name: 'dev', tier: 'development' }];
const RELEASES = '/api/v1/releases';

describe('registering the examples', () => {
  let server: Server;
  let hub: HubApi;
  let asked: string[];
  /** What is answered to a POST of the path: a status, and the code of the problem. */
  let answers: (path: string) => { status: number; code?: string };

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      const { status, code } = answers(path);
      request.resume().on('end', () => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ code }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    hub = new HubApi(`http://127.0.0.1:${String(port)}`, new AbortController().signal);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  const isChannel = (path: string): boolean => path.startsWith('/api/v1/channels/');

  it('puts releases into their channels that an earlier start left without', async () => {
    answers = (path) =>
      isChannel(path) ? { status: 201 } : { status: 409, code: 'catalog/already_exists' };
    await registerExamples(ROOT, hub, ENVIRONMENTS);
    expect(asked.filter(isChannel)).toEqual(Array(5).fill('/api/v1/channels/dev/releases'));
  });

  it('does not take another conflict for a release that exists', async () => {
    answers = (path) =>
      path === RELEASES ? { status: 409, code: 'catalog/conflict' } : { status: 201 };
    await expect(registerExamples(ROOT, hub, ENVIRONMENTS)).rejects.toThrow(
      'POST /api/v1/releases: 409 {"code":"catalog/conflict"}',
    );
  });

  it('stops when it is called off while the hub is away', async () => {
    const { port } = server.address() as AddressInfo;
    await once(server.close(), 'close');
    const stop = new AbortController();
    const away = new HubApi(`http://127.0.0.1:${String(port)}`, stop.signal);
    const registering = registerExamples(ROOT, away, ENVIRONMENTS);
    stop.abort();
    await expect(registering).rejects.toThrow('abort');
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
});
