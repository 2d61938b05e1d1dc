import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenText } from '@apollo-deploy/domain';
import { eventually, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { parseAllDocuments } from 'yaml';
import { type Body, HubClient, type PlanBody } from './hub-client.js';
import { NodeProcess } from './node-process.js';
import { setBehaviour } from './pod-behaviour.js';
import type { Answered, DeploymentBody, KubeObject, Running } from './pipeline-bodies.js';
import { SpokeInCluster } from './spoke-in-cluster.js';
import { freePorts } from './test-system.js';
import { tokenOf } from './token-of.js';

const HUB = join(import.meta.dirname, '../../../../apps/hub/dist/main.js');
const ENDS = ['completed', 'failed', 'rolled_back'];

/** An environment, with the cluster in which the one spoke of it lives. */
export interface Stage {
  readonly name: string;
  readonly tier: 'development' | 'staging' | 'production';
  /** `automatic` if absent. */
  readonly execution?: 'automatic' | 'manual';
  readonly cluster: SharedTestCluster;
}

/**
 * A hub as a process of its own on a real database, and a spoke in a real cluster for each stage, used
 * through the public API. Nobody has to log in; an sre, who has to, agrees to plans for production.
 */
export class PipelineSystem {
  readonly client: HubClient;
  readonly hub: NodeProcess;
  private readonly spokes = new Map<string, SpokeInCluster>();
  /** Tests share clusters, and a service has one namespace in all of them. */
  private readonly suffix = randomBytes(4).toString('hex');
  private sre = '';

  private constructor(
    private readonly folder: string,
    private readonly database: TestDatabase,
    private readonly stages: readonly Stage[],
    port: number,
    settings: Readonly<Record<string, string>>,
  ) {
    this.client = new HubClient(`http://127.0.0.1:${String(port)}`);
    const env = {
      ...{ APOLLO_LOGIN: 'local', APOLLO_PORT: String(port), DATABASE_URL: database.url },
      ...{ APOLLO_ADMIN_TOKEN_FILE: join(folder, 'admin-token'), ...settings },
    };
    this.hub = new NodeProcess(HUB, env, join(folder, 'hub.log'));
    for (const { name, cluster } of stages) {
      const ledger = `apollo-${this.suffix}-${name}`;
      const place = { name, cluster, client: this.client, folder, ledger };
      this.spokes.set(name, new SpokeInCluster(place));
    }
  }

  static async start(
    stages: readonly Stage[],
    settings: Readonly<Record<string, string>>,
  ): Promise<PipelineSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'apollo-pipeline-'));
    const [port = 0] = await freePorts(1);
    const system = new PipelineSystem(folder, await testDatabase(), stages, port, settings);
    try {
      await system.begin();
    } catch (error) {
      await system.stopProcesses();
      throw new Error(`the system did not start; its logs are in ${folder}`, { cause: error });
    }
    return system;
  }

  async stop(): Promise<void> {
    await this.stopProcesses();
    await this.database.drop();
    for (const { cluster } of this.stages) await cluster.release();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `kill -9`, and another hub in its place. */
  async killHub(): Promise<void> {
    await this.hub.kill();
    this.hub.start();
    await this.client.ready();
  }

  /** Registers a product with a release for each of these charts, by version. */
  async service(name: string, charts: Readonly<Record<string, Uint8Array>>): Promise<void> {
    const namespace = this.namespaceOf(name);
    const product = { name, namespace, criticality: 'low', rolloutTimeoutSeconds: 240 };
    await this.client.post('/api/v1/products', product);
    for (const [version, chart] of Object.entries(charts)) {
      await this.client.release(name, version, chart);
    }
  }

  /** Asks the pipeline for something, and waits so long for the end of it. */
  async ask(path: string, body: object, waitSeconds = 120): Promise<Answered> {
    const headers = { prefer: `wait=${String(waitSeconds)}` };
    const response = await this.client.request('POST', path, body, headers);
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** Asks for a deployment, and does not wait for it. Answers its id. */
  async begun(path: string, body: object): Promise<string> {
    const { status, body: answer } = await this.ask(path, body, 0);
    if (status >= 300) throw new Error(`${path}: ${String(status)} ${JSON.stringify(answer)}`);
    return String(answer['deployment_id']);
  }

  deployment(id: string): Promise<DeploymentBody> {
    return this.client.get(`/api/v1/deployments/${id}`);
  }

  /** Waits until a deployment has come to this status; throws where it ends otherwise. */
  async untilIs(id: string, status: string, patienceMs?: number): Promise<DeploymentBody> {
    return this.untilShows(id, `to be ${status}`, (shown) => shown.status === status, patienceMs);
  }

  /** Waits until this is so of a deployment; throws where it ends before. */
  async untilShows(
    id: string,
    what: string,
    isSo: (shown: DeploymentBody) => boolean,
    patienceMs?: number,
  ): Promise<DeploymentBody> {
    let last: DeploymentBody | undefined;
    const probe = async (): Promise<DeploymentBody | undefined> => {
      last = await this.deployment(id);
      if (isSo(last)) return last;
      if (ENDS.includes(last.status)) throw new Error('it ends otherwise');
      return undefined;
    };
    try {
      return await eventually(`deployment ${id} ${what}`, probe, patienceMs);
    } catch (error) {
      throw new Error(`${id} ${what}: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /** The sre agrees to what a deployment brings, once that waits for it. */
  async agree(id: string): Promise<void> {
    const isAsked = ({ code }: { readonly code: string }): boolean => code === 'approval';
    const { waitsFor = [] } = await this.untilShows(
      id,
      'to wait for an approval',
      (shown) => shown.waitsFor?.some(isAsked) === true,
    );
    const path = `/api/v1/plans/${waitsFor.find(isAsked)?.plan ?? ''}`;
    const { digest } = await this.client.get<PlanBody>(path);
    const headers = { authorization: `Bearer ${this.sre}` };
    const response = await this.client.request('POST', `${path}/approve`, { digest }, headers);
    if (!response.ok) throw new Error(await response.text());
  }

  /** Such as `2 deployed web-1.1.0`, oldest first. */
  async history(stage: string, service: string): Promise<readonly string[]> {
    const revisions = await this.spoke(stage).history(this.namespaceOf(service), service);
    return revisions.map((one) => `${String(one.revision)} ${one.status} ${one.chart}`);
  }

  /** Of each revision of a service, oldest first, the objects that Helm has set. */
  async manifests(stage: string, service: string): Promise<readonly (readonly KubeObject[])[]> {
    const spoke = this.spoke(stage);
    const place = [service, '-n', this.namespaceOf(service)];
    const found: KubeObject[][] = [];
    for (const { revision } of await spoke.history(this.namespaceOf(service), service)) {
      const asked = ['get', 'manifest', ...place, '--revision', String(revision)];
      const { stdout } = await spoke.helm(asked);
      found.push(parseAllDocuments(stdout).map((one) => one.toJS() as KubeObject));
    }
    return found;
  }

  /** Something in the namespace of a service, such as `['/api/v1', 'services/web']`, by the API server. */
  async object<T>(
    stage: string,
    service: string,
    [api, path]: readonly [string, string],
  ): Promise<T> {
    const place = `${api}/namespaces/${this.namespaceOf(service)}/${path}`;
    const { status, body } = await this.clusterOf(stage).send({ method: 'GET', path: place });
    if (status !== 200) throw new Error(`${place}: ${body}`);
    return JSON.parse(body) as T;
  }

  /** What the cluster of a stage runs, by its API server. */
  async runs(stage: string, service: string): Promise<Running> {
    const path = `/apis/apps/v1/namespaces/${this.namespaceOf(service)}/deployments/${service}`;
    const { body } = await this.clusterOf(stage).send({ method: 'GET', path });
    const { spec, status } = JSON.parse(body) as {
      spec: { template: { spec: { containers: readonly { image: string }[] } } };
      status: { readyReplicas?: number };
    };
    const tag = spec.template.spec.containers[0]?.image.split(':').at(-1) ?? '';
    return { tag, ready: status.readyReplicas ?? 0 };
  }

  /** Says how the pods of a service behave from now on, once there is one that behaves as `before` says. */
  async behave(
    stage: string,
    service: string,
    before: string | undefined,
    behaviour: string | null,
  ): Promise<void> {
    const pods = { namespace: this.namespaceOf(service), app: service };
    await setBehaviour(this.clusterOf(stage), pods, before, behaviour);
  }

  private namespaceOf(service: string): string {
    return `${service}-${this.suffix}`;
  }

  private spoke(stage: string): SpokeInCluster {
    const spoke = this.spokes.get(stage);
    if (spoke === undefined) throw new Error(`there is no stage ${stage}`);
    return spoke;
  }

  private clusterOf(stage: string): SharedTestCluster {
    const found = this.stages.find(({ name }) => name === stage);
    if (found === undefined) throw new Error(`there is no stage ${stage}`);
    return found.cluster;
  }

  private async begin(): Promise<void> {
    const admin = tokenText(randomBytes(32).toString('hex'));
    await writeFile(join(this.folder, 'admin-token'), `${admin}\n`, { mode: 0o600 });
    this.hub.start();
    await this.client.ready();
    for (const { cluster: _, ...environment } of this.stages) {
      await this.client.post('/api/v1/environments', environment);
    }
    await Promise.all([...this.spokes].map(([stage, spoke]) => spoke.join(stage)));
    this.sre = await tokenOf(this.client, admin, { name: 'sre-1', role: 'sre' });
  }

  private async stopProcesses(): Promise<void> {
    await Promise.all([...this.spokes.values()].map((spoke) => spoke.process.stop()));
    await this.hub.stop();
  }
}
