import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PROMOTION_PATHS } from '@apollo-deploy/domain';
import { type Context, createEnvironment, type Principal } from '@apollo-deploy/orchestration';
import { SPOKE_SOCKET_PATH, SPOKE_SUBPROTOCOL } from '@apollo-deploy/protocol';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { HubConfig } from '../../config/hub-config.js';
import { createHub } from '../../create-hub.js';
import { SystemClock } from '../../platform/system-clock.js';
import { UlidIds } from '../../platform/ulid-ids.js';
import { RecordedLogger } from './recorded-logger.js';
import { SceneStore } from './scene-store.js';
import { SpokeClient } from './spoke-client.js';
import { TestCredential } from './test-credential.js';

export const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A whole hub with a store in memory, listening on a free port; environment `dev` with two spokes. */
export class ListeningHub {
  readonly store = new SceneStore();
  readonly logger = new RecordedLogger();
  readonly context: Context = {
    store: this.store,
    clock: new SystemClock(),
    ids: new UlidIds(),
    startedAt: new Date(0),
  };
  port = 0;
  private readonly credentials = new Map<string, TestCredential>();
  private app: NestExpressApplication | undefined;

  static async start(): Promise<ListeningHub> {
    const hub = new ListeningHub();
    const { context, logger } = hub;
    await createEnvironment(context, PERSON, { name: 'dev', tier: 'development' });
    for (const spoke of ['dev', 'dev-2']) {
      hub.credentials.set(spoke, await TestCredential.joined(context, spoke));
    }
    const config: HubConfig = {
      host: '127.0.0.1',
      port: 0,
      storage: 'memory',
      dataDirectory: '/nonexistent',
      storageDirectory: '/nonexistent',
      chartLimitBytes: 1024 * 1024,
      login: 'local',
      signingKeyFiles: [],
      deployments: { settlingMs: 15_000 },
      promotionPaths: PROMOTION_PATHS,
      session: { idleMs: 3_600_000, longestMs: 36_000_000 },
      limits: { perPrincipal: 100, perAddress: 100, perDoor: 10 },
      corsOrigins: [],
      integrations: { told: {} },
      webhooks: { allowedNetworks: [] },
      logLevel: 'info',
    };
    const app = await createHub({ config, ...context }, logger);
    await app.listen(0, '127.0.0.1');
    hub.app = app;
    hub.port = (app.getHttpServer().address() as AddressInfo).port;
    return hub;
  }

  connect(spoke = 'dev'): Promise<SpokeClient> {
    return SpokeClient.connect(this.port, this.credentialOf(spoke));
  }

  dial(spoke = 'dev'): Promise<SpokeClient> {
    return SpokeClient.dial(this.port, this.credentialOf(spoke));
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const asked = request({ port: this.port, host: '127.0.0.1', path, headers });
      asked.on('error', reject);
      asked.on('upgrade', (response, socket) => {
        socket.destroy();
        resolve({ status: 101, headers: response.headers, body: Buffer.alloc(0) });
      });
      asked.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode = 0, headers: answered } = response;
          resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks) });
        });
      });
      asked.end();
    });
  }

  /** Asks for a socket as a spoke would; a header given as `undefined` is left out. */
  upgrade(
    headers: Readonly<Record<string, string | undefined>> = {},
    path = SPOKE_SOCKET_PATH,
  ): Promise<HttpAnswer> {
    const all: Readonly<Record<string, string | undefined>> = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.alloc(16, 1).toString('base64'),
      'Sec-WebSocket-Protocol': SPOKE_SUBPROTOCOL,
      Authorization: `Bearer ${this.tokenOf('dev')}`,
      ...headers,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => {
      return entry[1] !== undefined;
    });
    return this.get(path, Object.fromEntries(given));
  }

  /** A session token of the spoke that was not shown before. */
  tokenOf(spoke: string, now = new Date()): string {
    return this.credentialOf(spoke).token(now);
  }

  credentialOf(spoke: string): TestCredential {
    const credential = this.credentials.get(spoke);
    if (credential === undefined) throw new Error(`spoke ${spoke} has not joined`);
    return credential;
  }

  async stop(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
  }
}
