import { configMapChart, ScriptedHelmRunner } from '@apollo-deploy/helm/testing';
import { ok } from '@apollo-deploy/kernel';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import type { VirtualTime } from '@apollo-deploy/orchestration/testing';
import { SpokeAgent } from '@apollo-deploy/spoke';
import { pino } from 'pino';

interface AgentInMemoryOptions {
  readonly time: VirtualTime;
  readonly port: number;
  readonly token: string;
}

/** The whole spoke on a cluster in memory, whose only chart is `aria` 1.0.0. Chance is one half. */
export class AgentInMemory {
  private readonly agent: SpokeAgent;
  private charts: Promise<void> = Promise.resolve();
  private lastId = 0;

  constructor({ time, port, token }: AgentInMemoryOptions) {
    const kube = new InMemoryKubeApi({ now: () => time.now() });
    const helm = new ScriptedHelmRunner(kube);
    const path = helm.addChart(configMapChart({ name: 'aria', version: '1.0.0' }));
    this.agent = new SpokeAgent({
      ...{
        kube,
        helm,
        maxParallel: 2,
        healthRules: {},
        driftRules: [],
        namespace: 'apollo-system',
      },
      charts: {
        fetch: async () => {
          await this.charts;
          return ok(path);
        },
      },
      processes: { list: () => Promise.resolve([]), find: () => Promise.resolve(null) },
      cluster: { uid: 'cluster-1', kubernetesVersion: 'v1.36.3' },
      self: { instance: 'agent-1', host: 'node-1', agent: { pid: 1, startedAt: null } },
      socketUrl: `ws://127.0.0.1:${String(port)}/ws/spoke`,
      token: () => Promise.resolve(token),
      ...{ clock: time, timer: time, random: () => 0.5 },
      newId: () => `spoke-message-${String((this.lastId += 1)).padStart(4, '0')}`,
      log: pino({ level: 'silent' }),
    });
    this.agent.start();
  }

  /** No chart can be fetched before they are released. */
  holdCharts(): void {
    this.charts = new Promise((resolve) => (this.releaseCharts = resolve));
  }

  releaseCharts: () => void = () => undefined;

  stop(): Promise<void> {
    return this.agent.stop();
  }
}
