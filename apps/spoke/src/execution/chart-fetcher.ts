import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, sha256Hex, type Result } from '@apollo-deploy/kernel';
import { chartPath, MAX_CHART_BYTES } from '@apollo-deploy/protocol';
import { errorCode } from '../error-code.js';

/** The hub answered, and the bytes are not to be had from it. */
export interface ChartRefusal {
  readonly code: 'chart/not_found' | 'chart/too_large' | 'chart/other_size' | 'chart/other_digest';
  readonly message: string;
}

/** The hub could not be asked for the chart, or did not answer as it should: try again later. */
export class ChartUnavailable extends Error {
  override readonly name = 'ChartUnavailable';
  readonly retryable = true;
}

export interface ChartFetcherOptions {
  /** `http:` or `https:` address of the hub, without a path. */
  readonly hubUrl: string;
  readonly token: () => Promise<string>;
  /** Charts are kept here, by digest. */
  readonly directory: string;
  readonly fetch?: typeof globalThis.fetch;
}

const FETCH_TIMEOUT_MS = 60_000;

/** Chart archives of the hub, kept on disk by their SHA-256. The disk is a cache and never trusted. */
export class ChartFetcher {
  constructor(private readonly options: ChartFetcherOptions) {}

  /**
   * Path of a file with exactly these bytes. `size`: how many there are, if that is known; what is
   * longer is not read to its end. Throws `ChartUnavailable` if the hub is away.
   */
  async fetch(sha256: string, size?: number): Promise<Result<string, ChartRefusal>> {
    const path = join(this.options.directory, `${sha256}.tgz`);
    if ((await this.digestOnDisk(path)) === sha256) return ok(path);
    const bytes = await this.download(sha256, size);
    if (!bytes.ok) return bytes;
    await this.keep(path, bytes.value);
    return ok(path);
  }

  private async digestOnDisk(path: string): Promise<string | null> {
    try {
      return sha256Hex(await readFile(path));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw new ChartUnavailable(`${path} cannot be read; check the spoke's working directory`, {
        cause: error,
      });
    }
  }

  private async download(
    sha256: string,
    size: number | undefined,
  ): Promise<Result<Uint8Array, ChartRefusal>> {
    const { hubUrl, token } = this.options;
    const url = `${hubUrl}${chartPath(sha256)}`;
    const response = await this.request(url, await token());
    if (response.status === 404) {
      const message = `the hub has no chart with SHA-256 ${sha256}; upload the release again`;
      return err({ code: 'chart/not_found', message });
    }
    if (!response.ok || response.body === null) {
      throw new ChartUnavailable(`the hub answered HTTP ${response.status} to GET ${url}`);
    }
    return readChart(response.body, sha256, size);
  }

  private async request(url: string, token: string): Promise<Response> {
    const ask = this.options.fetch ?? globalThis.fetch;
    try {
      return await ask(url, {
        headers: { authorization: `Bearer ${token}` },
        redirect: 'error',
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
      });
    } catch (error) {
      throw new ChartUnavailable(`the hub cannot be reached at ${url}`, { cause: error });
    }
  }

  /** All or nothing: a file under the final name is complete. */
  private async keep(path: string, bytes: Uint8Array): Promise<void> {
    const { directory } = this.options;
    const draft = join(directory, `.${randomUUID()}.part`);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      const message = `${path} cannot be written; check the spoke's working directory`;
      throw new ChartUnavailable(message, { cause: error });
    } finally {
      await rm(draft, { force: true });
    }
  }
}

async function readChart(
  body: ReadableStream<Uint8Array>,
  sha256: string,
  wanted = MAX_CHART_BYTES,
): Promise<Result<Uint8Array, ChartRefusal>> {
  const chunks: Uint8Array[] = [];
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > MAX_CHART_BYTES) return err(tooLarge(sha256));
      if (size > wanted) return err(otherSize(sha256, wanted));
      hash.update(chunk);
      chunks.push(chunk);
    }
  } catch (error) {
    throw new ChartUnavailable(`the chart ${sha256} broke off while it was read`, { cause: error });
  }
  const digest = hash.digest('hex');
  return digest === sha256 ? ok(Buffer.concat(chunks)) : err(otherDigest(sha256, digest));
}

function tooLarge(sha256: string): ChartRefusal {
  const limit = MAX_CHART_BYTES / 1024 / 1024;
  const message = `chart ${sha256} is larger than ${limit} MiB; leave files out of it that are not templates`;
  return { code: 'chart/too_large', message };
}

function otherSize(sha256: string, wanted: number): ChartRefusal {
  const message = `the hub sent more than the ${wanted} bytes that chart ${sha256} was signed to have; nothing was run. Find out who changed it`;
  return { code: 'chart/other_size', message };
}

function otherDigest(wanted: string, digest: string): ChartRefusal {
  const message = `the hub sent a chart with SHA-256 ${digest} for ${wanted}; nothing was run. Find out who changed it`;
  return { code: 'chart/other_digest', message };
}
