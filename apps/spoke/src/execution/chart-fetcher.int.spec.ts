import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

  const fetcher = (): ChartFetcher =>
    new ChartFetcher({
      ...{ hubUrl: 'http://hub', directory: folder, token: () => Promise.resolve('secret') },
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
