import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@apollo-deploy/kernel';
import { MAX_CHART_BYTES } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChartFetcher } from './chart-fetcher.js';

const BYTES = Buffer.from('the bytes of a chart');
const SHA256 = sha256Hex(BYTES);

describe('a chart', () => {
  let folder: string;
  let asked: string[];
  let answer: () => Promise<Response>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-charts-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    for (const name of await readdir(folder)) await rm(join(folder, name));
    asked = [];
    answer = () => Promise.resolve(new Response(BYTES));
  });

  const fetcher = (directory = folder): ChartFetcher =>
    new ChartFetcher({
      ...{ hubUrl: 'http://hub', directory, token: () => Promise.resolve('secret') },
      fetch: (url, options) => {
        const { authorization } = options?.headers as Record<string, string>;
        asked.push(`${url instanceof Request ? url.url : url.toString()} ${authorization}`);
        return answer();
      },
    });

  it('is fetched once, with the token, and kept by its digest', async () => {
    const path = join(folder, `${SHA256}.tgz`);
    expect(await fetcher().fetch(SHA256)).toEqual({ ok: true, value: path });
    expect(await fetcher().fetch(SHA256)).toEqual({ ok: true, value: path });
    expect(asked).toEqual([`http://hub/spoke/charts/${SHA256} Bearer secret`]);
    expect(await readFile(path)).toEqual(BYTES);
  });

  it('is fetched anew when the file on disk was tampered with', async () => {
    await writeFile(join(folder, `${SHA256}.tgz`), 'something else');
    expect((await fetcher().fetch(SHA256)).ok).toBe(true);
    expect(await readFile(join(folder, `${SHA256}.tgz`))).toEqual(BYTES);
  });

  it.each([
    { name: 'that the hub does not have', body: null, status: 404, code: 'chart/not_found' },
    { name: 'of other bytes', body: 'forged', status: 200, code: 'chart/other_digest' },
    {
      name: 'of more bytes than a chart may have',
      body: Buffer.alloc(MAX_CHART_BYTES + 1),
      status: 200,
      code: 'chart/too_large',
    },
  ])('$name is refused and nothing is kept', async ({ body, status, code }) => {
    answer = () => Promise.resolve(new Response(body, { status }));
    expect(await fetcher().fetch(SHA256)).toMatchObject({ ok: false, error: { code } });
    expect(await readdir(folder)).toEqual([]);
  });

  it('of as many bytes as a chart may have is kept', async () => {
    const bytes = Buffer.alloc(MAX_CHART_BYTES);
    answer = () => Promise.resolve(new Response(bytes));
    expect(await fetcher().fetch(sha256Hex(bytes))).toMatchObject({ ok: true });
  });

  it.each([
    { name: 'as many bytes as were signed', size: BYTES.length, ok: true },
    { name: 'one byte more than was signed', size: BYTES.length - 1, ok: false },
  ])('of $name is taken: $ok', async ({ size, ok }) => {
    const fetched = await fetcher().fetch(SHA256, size);
    expect(fetched).toMatchObject(ok ? { ok } : { ok, error: { code: 'chart/other_size' } });
    expect(await readdir(folder)).toHaveLength(ok ? 1 : 0);
  });

  it('that goes on after the bytes that were signed is cut off there', async () => {
    let sent = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (to) => {
        sent += 1024;
        to.enqueue(new Uint8Array(1024));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    answer = () => Promise.resolve(new Response(endless));
    expect(await fetcher().fetch(SHA256, 4096)).toMatchObject({
      ok: false,
      error: { code: 'chart/other_size', message: expect.stringContaining('4096 bytes') },
    });
    expect(cancelled).toBe(true);
    expect(sent).toBeLessThan(8192);
  });

  it('is not looked for where the hub sends its spoke to, and nobody there sees its token', async () => {
    const elsewhere: string[] = [];
    const [there, hub] = [createServer(), createServer()];
    there.on('request', ({ url }, response: ServerResponse) => {
      elsewhere.push(url ?? '');
      response.end(BYTES);
    });
    const elsewhereUrl = await addressOf(there);
    hub.on('request', (_, response: ServerResponse) => {
      response.writeHead(302, { location: `${elsewhereUrl}/latest` }).end();
    });
    const hubUrl = await addressOf(hub);
    const token = () => Promise.resolve('secret');
    const fetched = new ChartFetcher({ hubUrl, directory: folder, token }).fetch(SHA256);
    await expect(fetched).rejects.toMatchObject({ name: 'ChartUnavailable', retryable: true });
    expect(elsewhere).toEqual([]);
    for (const server of [there, hub]) {
      server.closeAllConnections();
      await once(server.close(), 'close');
    }
  });

  it('is not said to be there where the disk does not take it', async () => {
    const noFolder = join(folder, 'file');
    await writeFile(noFolder, '');
    await expect(fetcher(join(noFolder, 'charts')).fetch(SHA256)).rejects.toMatchObject({
      ...{ name: 'ChartUnavailable', retryable: true },
      message: expect.stringContaining("check the spoke's working directory"),
    });
  });

  it.each([
    { name: 'is away', answered: () => Promise.reject(new Error('ECONNREFUSED')) },
    { name: 'has a fault', answered: () => Promise.resolve(new Response('', { status: 502 })) },
    {
      name: 'breaks off',
      answered: () =>
        Promise.resolve(
          new Response(new ReadableStream({ pull: (c) => c.error(new Error('reset')) })),
        ),
    },
  ])('is asked for again later when the hub $name', async ({ answered }) => {
    answer = answered;
    await expect(fetcher().fetch(SHA256)).rejects.toMatchObject({
      ...{ name: 'ChartUnavailable', retryable: true },
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

async function addressOf(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
