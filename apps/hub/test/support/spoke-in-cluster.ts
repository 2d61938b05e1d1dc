import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { HubClient } from './hub-client.js';
import { NodeProcess } from './node-process.js';

const SPOKE = join(import.meta.dirname, '../../../../apps/spoke/dist/main.js');
const run = promisify(execFile);

/** A revision as `helm history` lists it. */
export interface HelmRevision {
  readonly revision: number;
  readonly status: string;
  readonly chart: string;
}

export interface SpokePlace {
  readonly name: string;
  readonly cluster: SharedTestCluster;
  readonly client: HubClient;
  /** Where it keeps its files and its log. */
  readonly folder: string;
  /** The namespace of its ledger: tests share clusters. */
  readonly ledger: string;
}

/** A spoke as a process of its own, in a real cluster. */
export class SpokeInCluster {
  readonly process: NodeProcess;

  constructor(private readonly place: SpokePlace) {
    const { name, cluster, client, folder, ledger } = place;
    const env = {
      APOLLO_HUB_URL: client.url,
      APOLLO_SPOKE_TOKEN_FILE: this.tokenFile,
      APOLLO_KUBECONFIG: cluster.kubeconfigPath,
      APOLLO_HELM: cluster.helm,
      APOLLO_SPOKE_WORKDIR: join(folder, `work-${name}`),
      APOLLO_SPOKE_NAMESPACE: ledger,
    };
    this.process = new NodeProcess(SPOKE, env, join(folder, `spoke-${name}.log`));
  }

  /** Joins an environment that there is, and waits until the hub hears it. */
  async join(environment: string): Promise<void> {
    const { name, client } = this.place;
    const { token } = await client.post('/api/v1/join-tokens', {
      ...{ spoke: name, environment },
      clusterUid: await this.clusterUid(),
    });
    await writeFile(this.tokenFile, String(token), { mode: 0o600 });
    this.process.start();
    await this.connected();
  }

  async connected(): Promise<void> {
    const { name, client } = this.place;
    await eventually(`spoke ${name} to be connected`, async () => {
      const { items } = await client.list('/api/v1/spokes');
      return items.find((spoke) => spoke['name'] === name && spoke['status'] === 'connected');
    });
  }

  /** `helm history` of a release; empty if there is none. */
  async history(namespace: string, release: string): Promise<readonly HelmRevision[]> {
    try {
      const { stdout } = await this.helm(['history', release, '-n', namespace, '-o', 'json']);
      return JSON.parse(stdout) as readonly HelmRevision[];
    } catch (error) {
      if (String(error).includes('not found')) return [];
      throw error;
    }
  }

  helm(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    const { helm, kubeconfigPath } = this.place.cluster;
    return run(helm, [...args], { env: { ...process.env, KUBECONFIG: kubeconfigPath } });
  }

  private get tokenFile(): string {
    return join(this.place.folder, `token-${this.place.name}`);
  }

  /** By which the hub knows the cluster. */
  private async clusterUid(): Promise<string> {
    const path = '/api/v1/namespaces/kube-system';
    const { body } = await this.place.cluster.send({ method: 'GET', path });
    return (JSON.parse(body) as { metadata: { uid: string } }).metadata.uid;
  }
}
