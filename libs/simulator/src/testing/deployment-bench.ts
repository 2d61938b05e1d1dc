import { setImmediate as nextTurn } from 'node:timers/promises';
import { InMemoryKubeApi, type KubeObject } from '@apollo-deploy/kube';
import { VirtualTimer } from '@apollo-deploy/kube/testing';
import { DeploymentController } from '../deployment-controller.js';
import type { Behaviour } from '../pod-fate.js';
import { simulatedChart } from '../simulated-chart.js';

const AT = new Date('2026-03-02T12:00:00Z');
export const POD = { apiVersion: 'v1', kind: 'Pod' };
export const REPLICA_SET = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };

/** A cluster with a controller, and a chart that is applied to it. */
export class DeploymentBench {
  readonly kube = new InMemoryKubeApi({ namespaces: ['shop'], now: () => AT });
  readonly timer = new VirtualTimer();
  readonly controller = new DeploymentController({
    ...{ kube: this.kube, timer: this.timer },
    clock: { now: () => AT },
  });

  constructor() {
    this.controller.start();
  }

  async apply(values: {
    readonly behaviour: Behaviour;
    readonly replicas?: number;
    readonly readyAfter?: string;
  }): Promise<void> {
    const archive = { name: 'web', version: '1.0.0', appVersion: '1', defaults: {} };
    const chart = simulatedChart(archive, 'dev', { seed: 'a', failures: 0 });
    const target = { release: 'web', namespace: 'shop' };
    for (const object of chart.render({ readyAfter: '1s', ...values }, target)) {
      await this.kube.apply(object, { fieldManager: 'helm', force: false });
    }
    await this.quiet();
  }

  async pass(ms: number): Promise<void> {
    this.timer.advance(ms);
    await this.quiet();
  }

  async delete(): Promise<void> {
    const kind = { apiVersion: 'apps/v1', kind: 'Deployment' };
    await this.kube.delete({ ...kind, namespace: 'shop', name: 'web' });
    await this.quiet();
  }

  /** Of each pod, its phase and why its container waits. */
  async pods(): Promise<readonly string[]> {
    return (await this.list(POD)).map(stateOf).sort();
  }

  async list(kind: { apiVersion: string; kind: string }): Promise<readonly KubeObject[]> {
    const listed = await this.kube.list(kind);
    return listed.ok ? listed.value.items : [];
  }

  async status(): Promise<unknown> {
    const [deployment] = await this.list({ apiVersion: 'apps/v1', kind: 'Deployment' });
    return deployment?.['status'];
  }

  private async quiet(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  }
}

function stateOf(pod: KubeObject): string {
  const status = pod['status'] as {
    readonly phase: string;
    readonly containerStatuses: readonly {
      readonly ready: boolean;
      readonly state: { readonly waiting?: { readonly reason: string } };
    }[];
  };
  const [container] = status.containerStatuses;
  const why = container?.state.waiting?.reason ?? (container?.ready === true ? 'ready' : 'unready');
  return `${status.phase} ${why}`;
}
