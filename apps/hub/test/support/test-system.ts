import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { HubClient } from './hub-client.js';
import { NodeProcess } from './node-process.js';
import { type HelmRevision, SpokeInCluster } from './spoke-in-cluster.js';

const ROOT = join(import.meta.dirname, '../../../..');

/**
 * A hub and a spoke as processes of their own, on a real database and a real cluster, used through
 * the public API. Environment and spoke are both called `dev`.
 */
export class TestSystem {
  readonly hubs: NodeProcess[] = [];
  readonly spoke: NodeProcess;
  readonly client: HubClient;
  private readonly inCluster: SpokeInCluster;

  private constructor(
    readonly folder: string,
    readonly cluster: SharedTestCluster,
    readonly database: TestDatabase,
    readonly ports: readonly number[],
  ) {
    const [port] = ports;
    this.client = new HubClient(`http://127.0.0.1:${String(port)}`);
    const { client } = this;
    const ledger = `apollo-${String(port)}`;
    this.inCluster = new SpokeInCluster({ name: 'dev', cluster, client, folder, ledger });
    this.spoke = this.inCluster.process;
  }

  /** Makes the system without starting anything; `hubs` on one database, with a schema or empty. */
  static async create({ hubs = 1, schema = true } = {}): Promise<TestSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'apollo-e2e-'));
    const cluster = await sharedTestCluster();
    const database = await testDatabase({ schema });
    const ports = await freePorts(hubs);
    const system = new TestSystem(folder, cluster, database, ports);
    for (const [index, port] of ports.entries()) {
      system.hubs.push(system.hubOf(port, database.url, `hub-${String(index)}`));
    }
    return system;
  }

  /** Starts one hub and the spoke, with environment `dev`, and waits for the first report. */
  static async running(): Promise<TestSystem> {
    const system = await TestSystem.create();
    try {
      await system.startHub();
      await system.joinSpoke();
    } catch (error) {
      await system.stopProcesses();
      throw new Error(`the system did not start; its logs are in ${system.folder}`, {
        cause: error,
      });
    }
    return system;
  }

  get hub(): NodeProcess {
    const [hub] = this.hubs;
    if (hub === undefined) throw new Error('no hub');
    return hub;
  }

  async startHub(): Promise<void> {
    this.hub.start();
    await this.client.ready();
  }

  /** A hub in the place of the first, which comes to the database by way of this address. Not started. */
  hubThrough(databaseUrl: string): NodeProcess {
    const hub = this.hubOf(this.ports[0] ?? 0, databaseUrl, 'hub-through');
    this.hubs.push(hub);
    return hub;
  }

  /** What the spoke has logged so far. */
  saidBySpoke(): Promise<string> {
    return readFile(this.spoke.logFile, 'utf8');
  }

  /** Keeps a copy of the database as it is when the hub dies just now; the hub then goes on. */
  async backUp(): Promise<void> {
    await this.hub.kill();
    await this.database.backUp();
    await this.startHub();
  }

  /** Kills the hub and starts it anew on the copy that was kept. */
  async restore(): Promise<void> {
    await this.hub.kill();
    await this.database.restore();
    await this.startHub();
  }

  async joinSpoke(): Promise<void> {
    await this.client.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    await this.inCluster.join('dev');
  }

  connected(): Promise<void> {
    return this.inCluster.connected();
  }

  /** `helm history` of a release; empty if there is none. */
  history(namespace: string, release: string): Promise<readonly HelmRevision[]> {
    return this.inCluster.history(namespace, release);
  }

  helm(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    return this.inCluster.helm(args);
  }

  async stop(): Promise<void> {
    await this.stopProcesses();
    await this.database.drop();
    await this.cluster.release();
    await rm(this.folder, { recursive: true, force: true });
  }

  private hubOf(port: number, databaseUrl: string, log: string): NodeProcess {
    return new NodeProcess(
      join(ROOT, 'apps/hub/dist/main.js'),
      { APOLLO_LOGIN: 'local', APOLLO_PORT: String(port), DATABASE_URL: databaseUrl },
      join(this.folder, `${log}.log`),
    );
  }

  private async stopProcesses(): Promise<void> {
    await this.spoke.stop();
    for (const hub of this.hubs) await hub.stop();
  }
}

/**
 * Ports that were free a moment ago. No connection that is dialled is given one of them by the system,
 * so that a hub finds its port free again however long it is down.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function listening(): Promise<Server> {
  for (;;) {
    const server = createServer().listen(randomInt(20_000, 32_000), '127.0.0.1');
    try {
      await once(server, 'listening');
      return server;
    } catch (error) {
      const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!inUse) throw error;
    }
  }
}
