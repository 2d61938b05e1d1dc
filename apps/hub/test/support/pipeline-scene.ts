import type { AddressInfo } from 'node:net';
import type { Deployment, Tier } from '@apollo-deploy/domain';
import { sha256Hex } from '@apollo-deploy/kernel';
import {
  addToChannel,
  type Context,
  createEnvironment,
  createProduct,
  type FollowTools,
  InMemoryStore,
  type Principal,
  registerRelease,
  requestDeployment,
} from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FOLLOW_TOOLS } from '../../src/pipeline/follow-tools.token.js';
import { CONTEXT } from '../../src/platform/tokens.js';
import { readHubConfig } from '../../src/config/hub-config.js';
import { createHub } from '../../src/create-hub.js';
import { JsonLogger } from '../../src/platform/json-logger.js';
import type { HubParts } from '../../src/platform/platform.module.js';
import { SystemClock } from '../../src/platform/system-clock.js';
import { UlidIds } from '../../src/platform/ulid-ids.js';
import { anAccount } from '../../src/testing/account.js';
import { TestCredential } from '../../src/testing/spokes/test-credential.js';
import { HubClient, type PlanBody } from './hub-client.js';
import { ObedientSpoke } from './obedient-spoke.js';

const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };
const STAGES: readonly (readonly [string, Tier])[] = [
  ['dev', 'development'],
  ['staging', 'staging'],
  ['prod', 'production'],
];

interface SceneParts extends Pick<HubParts, 'timer'> {
  /** Over so long it is looked how a deployment does; a second if absent. */
  readonly settlingMs?: number;
}

/**
 * A hub on real time and a free port, with `dev`, `staging` and `prod`, each with a spoke that carries
 * out whatever it is offered. Nobody has to log in; `sre` are the headers of somebody who agrees to
 * plans for production.
 */
export class PipelineScene {
  readonly spokes = new Map<string, ObedientSpoke>();
  readonly client: HubClient;
  private stopped = false;

  private constructor(
    private readonly app: NestExpressApplication,
    readonly context: Context,
    readonly sre: { readonly authorization: string },
    readonly port: number,
  ) {
    this.client = new HubClient(`http://127.0.0.1:${String(port)}`);
  }

  static async start(
    settings: Readonly<Record<string, string>> = {},
    { settlingMs = 1_000, ...parts }: SceneParts = {},
  ): Promise<PipelineScene> {
    const store = new InMemoryStore();
    const clock = new SystemClock();
    const context: Context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    const read = must(readHubConfig({ APOLLO_LOGIN: 'local', ...settings }, '/nowhere'));
    const config = { ...read, deployments: { ...read.deployments, settlingMs } };
    const logger = new JsonLogger('silent', { write: () => undefined });
    for (const [name, tier] of STAGES) {
      must(await createEnvironment(context, PERSON, { name, tier }));
    }
    const sre = await anAccount(context, 'ann', { roles: ['sre'] });
    const app = await createHub({ config, ...context, ...parts }, logger);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const scene = new PipelineScene(app, context, sre, port);
    for (const [name] of STAGES) {
      const credential = await TestCredential.joined(context, name, name);
      scene.spokes.set(name, await ObedientSpoke.connect(port, credential));
    }
    return scene;
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await Promise.all([...this.spokes.values()].map((spoke) => spoke.stop()));
    await this.app.close();
    await this.context.store.close();
  }

  spoke(name: string): ObedientSpoke {
    const spoke = this.spokes.get(name);
    if (spoke === undefined) throw new Error(`there is no spoke ${name}`);
    return spoke;
  }

  /** A service with these versions, of which the last is in channel `dev`. */
  async service(name: string, ...versions: readonly string[]): Promise<void> {
    must(await createProduct(this.context, PERSON, { name, criticality: 'medium' }));
    for (const version of versions) await this.release(name, version);
  }

  /** Registers a version and puts it into channel `dev`. */
  async release(product: string, version: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${product} ${version}`);
    const chart = { name: product, version, sha256: sha256Hex(bytes), size: bytes.length };
    const release = { product, version, chart, bytes, dependencies: [] };
    must(await registerRelease(this.context, PERSON, release));
    must(await addToChannel(this.context, PERSON, { channel: 'dev', product, version }));
  }

  /** Deploys a version to `dev`; answers the deployment once it has ended. */
  async deploy(service: string, version: string): Promise<Deployment> {
    const context = this.app.get<Context>(CONTEXT);
    const tools = this.app.get<FollowTools>(FOLLOW_TOOLS);
    const place = { kind: 'deploy', service, environment: 'dev' } as const;
    const asked = { ...place, version, strategy: 'rolling' } as const;
    const { id } = must(await requestDeployment(context, PERSON, asked, tools));
    return eventually(`the end of ${id}`, async () => {
      const stored = await context.store.transact((unit) => unit.deployments.get(id));
      return stored?.endedAt === undefined ? undefined : stored;
    });
  }

  /** Resolves when a deployment to this environment is under way. */
  async underWay(service: string, environment: string): Promise<void> {
    await eventually(`a deployment of ${service} to ${environment}`, async () => {
      const found = await this.context.store.transact((unit) =>
        unit.deployments.underWayAt([{ service, environment }]),
      );
      return found.length === 0 ? undefined : found;
    });
  }

  /** The sre agrees to the next plan for production that waits for people. */
  async agree(): Promise<void> {
    const plan = await eventually('a plan that waits for an approval', async () => {
      const { items } = await this.client.list<PlanBody & { readonly digest: string }>(
        '/api/v1/plans?environment=prod&state=BLOCKED',
      );
      return items.find(({ violations }) => violations.some(({ code }) => code === 'approval'));
    });
    const response = await fetch(`${this.client.url}/api/v1/plans/${plan.id}/approve`, {
      method: 'POST',
      headers: { ...this.sre, 'content-type': 'application/json' },
      body: JSON.stringify({ digest: plan.digest }),
    });
    if (!response.ok) throw new Error(await response.text());
  }
}
