import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '@apollo-deploy/kernel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeRefusal } from '../kube-refusal.js';
import { KubeUnavailable } from '../kube-unavailable.js';
import type { WatchEvent } from '../kube-watch.js';
import { EventRecorder } from '../testing/event-recorder.js';
import { HttpKubeApi } from './http-kube-api.js';
import { KubeConnection } from './kube-connection.js';

const KIND = { apiVersion: 'v1', kind: 'ConfigMap' };
const REF = { ...KIND, namespace: 'default', name: 'a' };
const SELECTION = { namespace: 'default', resourceVersion: '5' };
const DISCOVERY = {
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: {},
      versions: [
        {
          version: 'v1',
          resources: [
            {
              resource: 'configmaps',
              responseKind: { kind: 'ConfigMap' },
              scope: 'Namespaced',
              verbs: ['get'],
            },
          ],
        },
      ],
    },
  ],
};

describe('HttpKubeApi and a server that misbehaves', () => {
  let directory: string;
  let server: Server;
  let kube: HttpKubeApi;
  let answer: RequestListener;
  let served: object;
  let discoveries: number;
  let requests: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apollo-kube-'));
    requests = [];
    served = DISCOVERY;
    discoveries = 0;
    server = createServer((request, response) => {
      const path = request.url ?? '';
      if (path === '/apis') discoveries += 1;
      if (path === '/api' || path === '/apis') return response.end(JSON.stringify(served));
      requests.push(`${request.method ?? ''} ${path}`);
      return answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const path = join(directory, 'kubeconfig');
    await writeFile(path, kubeconfig(`http://127.0.0.1:${String(port)}`));
    kube = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path }), 'apollo-test');
  });

  afterEach(async () => {
    kube.close();
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true });
  });

  it('sends token and user agent', async () => {
    let headers: Record<string, unknown> = {};
    answer = (request, response) => {
      headers = request.headers;
      response.end(JSON.stringify({ ...KIND, metadata: { name: 'a' } }));
    };
    await kube.get(REF);
    expect(headers).toMatchObject({ authorization: 'Bearer secret', 'user-agent': 'apollo-test' });
  });

  it.each([500, 503, 429])('calls an answer of %d an outage', async (status) => {
    answer = (_request, response) => {
      response.writeHead(status).end('{"kind":"Status","message":"etcd is tired"}');
    };
    const error = await kube.get(REF).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KubeUnavailable);
    expect(error).toMatchObject({
      retryable: true,
      message: expect.stringContaining('etcd is tired'),
    });
  });

  it('asks for the version once in ten minutes, and again after an outage', async () => {
    let now = 0;
    kube.close();
    const connection = new KubeConnection({
      from: 'kubeconfig',
      path: join(directory, 'kubeconfig'),
    });
    kube = new HttpKubeApi(connection, 'apollo-test', () => now);
    answer = (_request, response) => response.writeHead(503).end();
    await expect(kube.serverVersion()).rejects.toBeInstanceOf(KubeUnavailable);
    answer = (_request, response) => response.end('{"gitVersion":"v1.36.3"}');
    for (now of [1, 2, 10 * 60_000, 10 * 60_000 + 1]) await kube.serverVersion();
    expect(requests).toEqual(Array(3).fill('GET /version'));
  });

  describe('that serves a kind no longer', () => {
    beforeEach(async () => {
      await kube.resources();
      served = { ...DISCOVERY, items: [] };
      answer = (_request, response) => response.writeHead(404).end('404 page not found\n');
    });

    it.each<{ name: string; ask: () => Promise<Result<unknown, KubeRefusal>> }>([
      { name: 'get', ask: () => kube.get(REF) },
      { name: 'delete', ask: () => kube.delete(REF, { dryRun: true }) },
      { name: 'list', ask: () => kube.list(KIND) },
      {
        name: 'apply',
        ask: () =>
          kube.apply({ ...KIND, metadata: { name: 'a' } }, { fieldManager: 'helm', force: false }),
      },
      { name: 'create', ask: () => kube.create({ ...KIND, metadata: { name: 'a' } }) },
    ])('answers $name with what the kind lacks, not that the object is gone', async ({ ask }) => {
      const message = expect.stringContaining('the cluster serves no ConfigMap of v1');
      expect(await ask()).toMatchObject({ error: { code: 'kube/unknown_kind', message } });
    });
  });

  it('asks for discovery anew only where a 404 does not name the object', async () => {
    const notFound =
      '{"kind":"Status","reason":"NotFound","message":"configmaps \\"a\\" not found"}';
    for (const [body, asked] of [
      [notFound, 1],
      ['404 page not found', 2],
    ] as const) {
      answer = (_request, response) => response.writeHead(404).end(body);
      expect(await kube.get(REF)).toMatchObject({ error: { code: 'kube/not_found' } });
      expect(discoveries).toBe(asked);
    }
  });

  it('calls an answer cut in the middle an outage', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('{"apiVersion"', () => response.destroy());
    };
    await expect(kube.get(REF)).rejects.toBeInstanceOf(KubeUnavailable);
  });

  it('asks once more when a kept connection turns out to be closed, for reads only', async () => {
    answer = (request, response) => {
      if (requests.length > 1) request.socket.resetAndDestroy();
      else response.end(JSON.stringify({ ...KIND, metadata: { name: 'a', resourceVersion: '1' } }));
    };
    await kube.get(REF);
    await expect(kube.get(REF)).rejects.toBeInstanceOf(KubeUnavailable);
    expect(requests).toHaveLength(3);
    await expect(
      kube.replace({ ...KIND, metadata: { ...REF, resourceVersion: '1' } }),
    ).rejects.toBeInstanceOf(KubeUnavailable);
    expect(requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1);
  });

  it('lists page by page, and in one piece when a page came too late', async () => {
    answer = (request, response) => {
      const query = new URL(request.url ?? '', 'http://kube').searchParams;
      if (query.has('continue')) {
        response.writeHead(410).end('{"kind":"Status","reason":"Expired","code":410}');
      } else {
        const metadata = { resourceVersion: '7', ...(query.has('limit') && { continue: 'next' }) };
        response.end(JSON.stringify({ metadata, items: [{ metadata: { name: 'a' } }] }));
      }
    };
    expect(await kube.list(KIND)).toEqual({
      ok: true,
      value: { resourceVersion: '7', items: [{ ...KIND, metadata: { name: 'a' } }] },
    });
    expect(requests).toHaveLength(3);
  });

  it.each<{ name: string; lines: string[]; cut?: boolean; expected: object }>([
    {
      name: 'too old a version as expired',
      lines: ['{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}'],
      expected: { type: 'expired' },
    },
    {
      name: 'another error as a refusal',
      lines: ['{"type":"ERROR","object":{"kind":"Status","code":403,"message":"no"}}'],
      expected: { type: 'refused', refusal: { code: 'kube/forbidden', message: 'no' } },
    },
    { name: 'the end of the stream as closed', lines: [], expected: { type: 'closed' } },
    { name: 'a cut stream as broken', lines: [], cut: true, expected: { type: 'broken' } },
    { name: 'noise as broken', lines: ['<html>'], expected: { type: 'broken' } },
  ])('reports $name, once, as the last event of a watch', async ({ lines, cut, expected }) => {
    answer = (_request, response) => {
      response.writeHead(200);
      const bookmark = '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"6"}}}';
      const text = [bookmark, ...lines].map((line) => `${line}\n`).join('');
      response.write(text, () => (cut === true ? response.destroy() : response.end()));
    };
    const events = new EventRecorder<WatchEvent>();
    kube.watch(KIND, SELECTION, events.record);
    await events.next(({ type }) => type !== 'bookmark');
    expect(events.all).toMatchObject([{ type: 'bookmark', resourceVersion: '6' }, expected]);
  });

  it('reports a watch that cannot be opened as broken', async () => {
    answer = (request) => request.socket.destroy();
    const events = new EventRecorder<WatchEvent>();
    kube.watch(KIND, SELECTION, events.record);
    expect((await events.next()).type).toBe('broken');
  });
});

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}
