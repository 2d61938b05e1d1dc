import type { HelmCommand } from '@apollo-deploy/helm';
import { configMapChart, ScriptedHelmRunner } from '@apollo-deploy/helm/testing';
import { err, ok } from '@apollo-deploy/kernel';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import type { VirtualTime } from '@apollo-deploy/orchestration/testing';
import { SpokeAgent, type TrustedKeys } from '@apollo-deploy/spoke';
import { pino } from 'pino';
import { fixedCredentials } from '../../../apps/spoke/src/testing/fixed-credentials.js';
import { ariaCharts } from './aria-charts.js';

interface AgentInMemoryOptions {
  readonly time: VirtualTime;
  readonly port: number;
  readonly token: () => string;
  /** Whose signatures a plan needs; absent: nobody's. */
  readonly keys?: TrustedKeys;
  /** Its cluster, in place of an empty one. */
  readonly kube?: InMemoryKubeApi;
  /** The id of the hub that it has joined; absent: it keeps no heads of an audit trail. */
  readonly hub?: () => Promise<string>;
}

/** What a stranger works on, in a namespace that every cluster has. */
const THEIRS = {
  release: 'cart',
  namespace: 'default',
  planId: 'of-a-stranger',
  timeoutMs: 60_000,
};

/** The whole spoke on a cluster in memory, which can fetch charts of `aria`. Chance is one half. */
export class AgentInMemory {
  private readonly agent: SpokeAgent;
  private readonly helm: ScriptedHelmRunner;
  private charts: Promise<void> = Promise.resolve();
  private forged = false;
  private lastId = 0;

  constructor({ time, port, token, keys, hub, ...more }: AgentInMemoryOptions) {
    const { kube = new InMemoryKubeApi({ now: () => time.now() }) } = more;
    const helm = new ScriptedHelmRunner(kube);
    const paths = new Map(
      [...ariaCharts()].map(([sha256, chart]) => [sha256, helm.addChart(chart)] as const),
    );
    this.helm = helm;
    this.agent = new SpokeAgent({
      ...{
        kube,
        helm,
        maxParallel: 2,
        healthRules: {},
        driftRules: [],
        namespace: 'apollo-system',
        namespaces: [],
      },
      charts: {
        fetch: async (sha256) => {
          await this.charts;
          const path = this.forged ? undefined : paths.get(sha256);
          const message = 'the hub sent a chart with another SHA-256; nothing was run';
          return path === undefined ? err({ code: 'chart/other_digest', message }) : ok(path);
        },
      },
      processes: { list: () => Promise.resolve([]), find: () => Promise.resolve(null) },
      cluster: { uid: 'cluster-1', kubernetesVersion: 'v1.36.3' },
      self: { instance: 'agent-1', host: 'node-1', agent: { pid: 1, startedAt: null } },
      socketUrl: `ws://127.0.0.1:${String(port)}/ws/spoke`,
      credentials: { ...fixedCredentials(''), token: () => Promise.resolve(token()) },
      ...{ clock: time, timer: time, random: () => 0.5 },
      newId: () => `spoke-message-${String((this.lastId += 1)).padStart(4, '0')}`,
      log: pino({ level: 'silent' }),
      ...(keys !== undefined && { keys }),
      ...(hub !== undefined && { hub }),
    });
    this.agent.start();
  }

  /** What Helm was told to do so far, by itself and by strangers. */
  get helmRuns(): readonly string[] {
    return this.helm.commands.map(({ verb }) => verb);
  }

  /** No chart can be fetched before they are released. */
  holdCharts(): void {
    this.charts = new Promise((resolve) => (this.releaseCharts = resolve));
  }

  /** From now on charts have other bytes than they should. */
  forgeCharts(): void {
    this.forged = true;
  }

  /** Somebody who is not Apollo installs `cart` 1.0.0. */
  installCart(): Promise<void> {
    const chart = { chartPath: this.cart('1.0.0'), values: {} };
    return this.stranger({ ...THEIRS, ...chart, verb: 'install', createNamespace: false });
  }

  /** And upgrades it to 1.1.0. */
  upgradeCart(): Promise<void> {
    const chart = { chartPath: this.cart('1.1.0'), values: {} };
    return this.stranger({ ...THEIRS, ...chart, verb: 'upgrade', forceConflicts: false });
  }

  releaseCharts: () => void = () => undefined;

  stop(): Promise<void> {
    return this.agent.stop();
  }

  private cart(version: string): string {
    return this.helm.addChart(configMapChart({ name: 'cart', version }));
  }

  private async stranger(command: HelmCommand): Promise<void> {
    const abort = new AbortController().signal;
    const { exitCode, stderrTail } = await this.helm.run(command, {
      ...{ totalDeadlineMs: 60_000, abort },
    });
    if (exitCode !== 0) throw new Error(stderrTail);
  }
}
