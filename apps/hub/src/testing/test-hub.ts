import type { AddressInfo } from 'node:net';
import {
  InMemoryStore,
  type PlanSigner,
  type Store,
  VirtualClock,
} from '@apollo-deploy/orchestration';
import type { LoggerService } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type HubConfig, readHubConfig } from '../config/hub-config.js';
import { createHub } from '../create-hub.js';
import { JsonLogger } from '../platform/json-logger.js';
import { UlidIds } from '../platform/ulid-ids.js';

/** What came back; `body` is parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Sending {
  /** Sent as JSON, or as it is if it is a form, text or bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a hub works with, where a test looks at it. */
interface TestHubParts {
  readonly store?: Store;
  readonly logger?: LoggerService;
  readonly signer?: PlanSigner;
}

/** A hub in this process that listens on a free port and keeps everything in memory by default. */
export class TestHub {
  private constructor(
    readonly app: NestExpressApplication,
    readonly store: Store,
    readonly clock: VirtualClock,
    readonly url: string,
  ) {}

  static async start(
    settings: Partial<HubConfig> = {},
    {
      store = new InMemoryStore(),
      logger = new JsonLogger('silent', { write: () => undefined }),
      signer,
    }: TestHubParts = {},
  ): Promise<TestHub> {
    const config = readHubConfig({ APOLLO_LOGIN: 'local' }, '/nowhere');
    if (!config.ok) throw new Error('the initial configuration is not valid');
    const clock = new VirtualClock(new Date('2026-03-01T12:00:00.000Z'));
    const parts = {
      ...{ config: { ...config.value, ...settings }, store, clock, ids: new UlidIds() },
      ...(signer !== undefined && { signer }),
    };
    const app = await createHub(parts, logger);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new TestHub(app, store, clock, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.store.close();
  }

  async send(method: string, path: string, { body, headers }: Sending = {}): Promise<Answer> {
    const asItIs = typeof body === 'string' || body instanceof FormData || body instanceof Blob;
    const json = body !== undefined && !asItIs;
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body !== undefined && { body: json ? JSON.stringify(body) : (body as string) }),
      headers: { ...(json && { 'content-type': 'application/json' }), ...headers },
    });
    const type = response.headers.get('content-type') ?? '';
    const text = type.startsWith('text/event-stream')
      ? await closed(response)
      : await response.text();
    const isJson = /\bjson\b/.test(type);
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Answer['body']) : { text },
    };
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('GET', path, { headers });
  }

  post(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.send('POST', path, { body, headers });
  }

  put(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.send('PUT', path, { body, headers });
  }

  /** Registers a release with its chart. */
  release(
    fields: Readonly<Record<string, string>>,
    chart?: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const form = new FormData();
    for (const [name, text] of Object.entries(fields)) form.set(name, text);
    if (chart !== undefined) form.set('chart', new Blob([new Uint8Array(chart)]), 'chart.tgz');
    return this.post('/api/v1/releases', form, headers);
  }
}

/** Reads nothing of an answer that has no end. */
async function closed({ body }: Response): Promise<string> {
  await body?.cancel();
  return '';
}
