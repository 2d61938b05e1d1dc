import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenText } from '@apollo-deploy/domain';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { CLUSTER_UID } from '@apollo-deploy/orchestration/testing';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { aChart } from '../../src/testing/chart-archive.js';
import { TestCredential } from '../../src/testing/spokes/test-credential.js';
import { type Body, HubClient, type PlanBody } from './hub-client.js';
import { NodeProcess } from './node-process.js';
import { ObedientSpoke } from './obedient-spoke.js';
import { Outside } from './outside.js';
import { freePorts } from './test-system.js';
import { tokenOf } from './token-of.js';

const HUB = join(import.meta.dirname, '../../dist/main.js');
/** Far more than anything here takes, also on a machine that does much else. */
const PATIENCE_MS = 180_000;
const STAGES = [
  { name: 'dev', tier: 'development' },
  { name: 'prod', tier: 'production' },
] as const;
const ENDS = ['completed', 'failed', 'rolled_back'];

/** The parts of a deployment that tests look at. */
export interface OutsideDeployment {
  readonly id: string;
  readonly status: string;
  readonly backup: string;
  readonly notes?: string;
  readonly plans: readonly { readonly state: string }[];
  readonly targets: readonly {
    readonly state: string;
    readonly looks: readonly { readonly at: string; readonly healthy: boolean }[];
    readonly outside?: {
      readonly askedAt?: string;
      readonly until?: string;
      readonly suppression?: string;
    };
  }[];
  readonly waitsFor?: readonly { readonly code: string; readonly message: string }[];
}

/**
 * A hub as a process of its own on a real database, with all whom it asks and tells, and `dev` and
 * `prod`, each with a spoke that carries out whatever it is offered. Nobody has to log in.
 */
export class OutsideScene {
  private readonly spokes = new Map<string, ObedientSpoke>();
  private sre = '';

  private constructor(
    private readonly folder: string,
    readonly database: TestDatabase,
    readonly outside: Outside,
    readonly client: HubClient,
    private readonly hub: NodeProcess,
  ) {}

  static async start(settings: Readonly<Record<string, string>>): Promise<OutsideScene> {
    const folder = await mkdtemp(join(tmpdir(), 'apollo-outside-'));
    const [port = 0] = await freePorts(1);
    const database = await testDatabase();
    const outside = await Outside.start();
    const adminFile = join(folder, 'admin-token');
    const admin = tokenText(randomBytes(32).toString('hex'));
    await writeFile(adminFile, `${admin}\n`, { mode: 0o600 });
    const env = {
      ...{ APOLLO_ADMIN_TOKEN_FILE: adminFile, APOLLO_LOGIN: 'local', APOLLO_PORT: String(port) },
      ...{ DATABASE_URL: database.url, ...outside.settings, ...settings },
    };
    const hub = new NodeProcess(HUB, env, join(folder, 'hub.log'));
    const client = new HubClient(`http://127.0.0.1:${String(port)}`);
    const scene = new OutsideScene(folder, database, outside, client, hub);
    try {
      hub.start();
      await client.ready();
      for (const stage of STAGES) await scene.join(stage, port);
      scene.sre = await tokenOf(client, admin, { name: 'sre-1', role: 'sre' });
    } catch (error) {
      await scene.stop();
      throw error;
    }
    return scene;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.spokes.values()].map((spoke) => spoke.stop()));
    // First: a hub that stops waits for what it is telling.
    await this.outside.stop();
    await this.hub.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `kill -9`. */
  killHub(): Promise<void> {
    return this.hub.kill();
  }

  /** Another hub takes the place of the one that was killed. No spoke has found it yet. */
  async nextHub(): Promise<void> {
    this.hub.start();
    await this.client.ready();
  }

  /** The spokes find the next hub. */
  async reconnect(): Promise<void> {
    for (const spoke of this.spokes.values()) await spoke.reconnect();
  }

  spoke(name: (typeof STAGES)[number]['name']): ObedientSpoke {
    const spoke = this.spokes.get(name);
    if (spoke === undefined) throw new Error(`there is no spoke ${name}`);
    return spoke;
  }

  /** Registers a service with these versions. */
  async service(name: string, ...versions: readonly string[]): Promise<void> {
    await this.client.post('/api/v1/products', { name, criticality: 'low' });
    for (const version of versions) {
      await this.client.release(name, version, await aChart(name, version));
    }
  }

  /** Asks the pipeline for something, and waits for no more of it than it has to. */
  async ask(
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Body> {
    const named = { prefer: 'wait=0', ...headers };
    const response = await this.client.request('POST', path, body, named);
    const answer = (await response.json()) as Body;
    if (!response.ok)
      throw new Error(`${path}: ${String(response.status)} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** As `ask`. Answers the id of the deployment. */
  async begun(path: string, body: object): Promise<string> {
    return String((await this.ask(path, body))['deployment_id']);
  }

  /** The newest deployment of a service, as it is shown. */
  async newest(service: string): Promise<OutsideDeployment> {
    const { items } = await this.client.list(`/api/v1/deployments?service=${service}&limit=1`);
    return this.client.get(`/api/v1/deployments/${String(items[0]?.['id'])}`);
  }

  /** The newest deployment of a service, once this is so of it; throws where it ends before. */
  async until(
    service: string,
    what: string,
    isSo: (shown: OutsideDeployment) => boolean,
  ): Promise<OutsideDeployment> {
    let last: OutsideDeployment | undefined;
    const probe = async (): Promise<OutsideDeployment | undefined> => {
      last = await this.newest(service);
      if (isSo(last)) return last;
      if (ENDS.includes(last.status)) throw new Error('it has ended otherwise');
      return undefined;
    };
    try {
      return await eventually(`${service} ${what}`, probe, PATIENCE_MS);
    } catch (error) {
      throw new Error(`${service} ${what}: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /** The newest deployment of a service, once it has come to this status. */
  untilIs(service: string, status: string): Promise<OutsideDeployment> {
    return this.until(service, `to be ${status}`, (shown) => shown.status === status);
  }

  /** The sre agrees to the plan that brings a service to production, once that waits for it. */
  async agree(service: string): Promise<void> {
    const path = `/api/v1/plans?entity=${service}-prod&state=BLOCKED`;
    const plan = await eventually(`a plan of ${service} that waits for an approval`, async () => {
      const { items } = await this.client.list<PlanBody>(path);
      return items.find(({ violations }) => violations.some(({ code }) => code === 'approval'));
    });
    const headers = { authorization: `Bearer ${this.sre}` };
    const { id, digest } = plan;
    const url = `/api/v1/plans/${id}/approve`;
    const response = await this.client.request('POST', url, { digest }, headers);
    if (!response.ok) throw new Error(await response.text());
  }

  private async join(stage: (typeof STAGES)[number], port: number): Promise<void> {
    await this.client.post('/api/v1/environments', stage);
    const wanted = { spoke: stage.name, environment: stage.name, clusterUid: CLUSTER_UID };
    const { token } = await this.client.post('/api/v1/join-tokens', wanted);
    const credential = await TestCredential.over(this.client.url, String(token));
    this.spokes.set(stage.name, await ObedientSpoke.connect(port, credential));
  }
}
