import { jsonDigest, type Json } from '@apollo-deploy/kernel';
import {
  refOf,
  type InMemoryKubeApi,
  type KubeObject,
  type KubeRef,
  type Timer,
  type WatchHandle,
} from '@apollo-deploy/kube';
import { BEHAVIOURS, type PodFate } from './pod-fate.js';
import {
  change,
  childrenOf,
  DEPLOYMENT,
  expectOk,
  ownedBy,
  POD,
  REPLICA_SET,
} from './owned-objects.js';
import { deploymentStatus } from './deployment-status.js';
import { AFTER_ANNOTATION, BEHAVIOUR_ANNOTATION } from './simulated-chart.js';
import { CRASH_LOG, isReady, settledStatus, startingStatus } from './simulated-pod.js';

export interface DeploymentControllerOptions {
  readonly kube: InMemoryKubeApi;
  readonly clock: { now(): Date };
  readonly timer: Timer;
}

/** What a Deployment asks for. */
interface Wanted {
  readonly ref: KubeRef;
  readonly generation: number;
  readonly replicas: number;
  readonly template: { readonly [field: string]: Json };
  readonly fate: PodFate;
}

const REVISION = 'deployment.kubernetes.io/revision';

/**
 * What Kubernetes' controllers and kubelets do about Deployments: ReplicaSets by template, pods, and
 * a status that tells of them. Whether and when pods get ready is written on the template. Old pods
 * stay until the new ones are ready, and an old template's ReplicaSet is taken up again.
 */
export class DeploymentController {
  private watch: WatchHandle | null = null;
  private work: Promise<void> = Promise.resolve();
  private readonly waits = new Map<string, () => void>();

  constructor(private readonly options: DeploymentControllerOptions) {}

  /** To be called once, on a cluster that has no Deployment yet. */
  start(): void {
    this.watch = this.options.kube.watch(DEPLOYMENT, { resourceVersion: '0' }, (event) => {
      if (event.type === 'deleted') this.next(() => this.collect(event.object));
      else if (event.type === 'added' || event.type === 'modified') this.take(event.object);
    });
  }

  stop(): void {
    this.watch?.stop();
    for (const cancel of this.waits.values()) cancel();
    this.waits.clear();
  }

  /** One thing after the other, as the single writer that it is. */
  private next(act: () => Promise<void>): void {
    this.work = this.work.then(act);
  }

  private take(deployment: KubeObject): void {
    const { observedGeneration } = fieldsOf(deployment['status']);
    if (observedGeneration === deployment.metadata.generation) return;
    this.next(() => this.rollOut(refOf(deployment)));
  }

  private async rollOut(ref: KubeRef): Promise<void> {
    const found = await this.options.kube.get(ref);
    if (!found.ok) return;
    const wanted = wantedOf(found.value);
    const set = await this.newestSet(found.value, wanted);
    await this.scale(set, wanted);
    await this.tellStatus(found.value, set, wanted);
    const key = `${ref.namespace ?? ''}/${ref.name}`;
    this.waits.get(key)?.();
    const cancel = this.options.timer.after(wanted.fate.afterMs, () => {
      this.waits.delete(key);
      this.next(() => this.settle(ref, wanted.generation));
    });
    this.waits.set(key, cancel);
  }

  /** The time of the fate is over: the pods are what they are going to be. */
  private async settle(ref: KubeRef, generation: number): Promise<void> {
    const { kube } = this.options;
    const found = await kube.get(ref);
    if (!found.ok || found.value.metadata.generation !== generation) return;
    const wanted = wantedOf(found.value);
    const set = await this.newestSet(found.value, wanted);
    const at = this.timestamp();
    for (const pod of await childrenOf(kube, set, POD)) {
      if (isReady(pod)) continue;
      if (wanted.fate.behaviour === 'crash-loop') {
        kube.setPodLogs(pod.metadata.namespace ?? '', pod.metadata.name, CRASH_LOG);
      }
      const status = settledStatus(wanted.fate.behaviour, at);
      await change(kube, refOf(pod), (object) => ({ ...object, status }));
    }
    if (wanted.fate.behaviour === 'ready') await this.retireOthers(found.value, set);
    await this.tellStatus(found.value, set, wanted);
  }

  /** The ReplicaSet of the template, made if there is none, with the highest revision of all. */
  private async newestSet(deployment: KubeObject, wanted: Wanted): Promise<KubeObject> {
    const { kube } = this.options;
    const sets = await childrenOf(kube, deployment, REPLICA_SET);
    const name = `${deployment.metadata.name}-${jsonDigest(wanted.template).slice(0, 10)}`;
    const newest = Math.max(0, ...sets.map(revisionOf));
    const own = sets.find(({ metadata }) => metadata.name === name);
    if (own !== undefined && revisionOf(own) === newest) return own;
    const annotations = { [REVISION]: String(newest + 1) };
    if (own !== undefined) {
      const metadata = { ...own.metadata, annotations };
      return expectOk(await kube.replace({ ...own, metadata }));
    }
    const { namespace = '' } = deployment.metadata;
    return expectOk(
      await kube.create({
        ...REPLICA_SET,
        metadata: {
          ...{ name, namespace, annotations },
          ownerReferences: ownedBy(deployment) as [],
        },
        spec: { replicas: wanted.replicas, template: wanted.template },
      }),
    );
  }

  private async scale(set: KubeObject, { replicas, template }: Wanted): Promise<void> {
    const { kube } = this.options;
    const names = Array.from({ length: replicas }, (_, index) => podName(set, index));
    const pods = await childrenOf(kube, set, POD);
    for (const pod of pods) {
      if (!names.includes(pod.metadata.name)) await kube.delete(refOf(pod));
    }
    const there = pods.map(({ metadata }) => metadata.name);
    for (const name of names.filter((one) => !there.includes(one))) {
      const { labels } = fieldsOf(template['metadata']) as { labels?: Record<string, string> };
      const { namespace = '' } = set.metadata;
      const metadata = { name, namespace, ownerReferences: ownedBy(set) as [] };
      expectOk(
        await kube.create({
          ...POD,
          metadata: { ...metadata, ...(labels !== undefined && { labels }) },
          spec: template['spec'],
          status: startingStatus(this.timestamp()),
        }),
      );
    }
  }

  private async retireOthers(deployment: KubeObject, newest: KubeObject): Promise<void> {
    const { kube } = this.options;
    for (const set of await childrenOf(kube, deployment, REPLICA_SET)) {
      if (set.metadata.name === newest.metadata.name) continue;
      for (const pod of await childrenOf(kube, set, POD)) await kube.delete(refOf(pod));
    }
  }

  private async tellStatus(
    deployment: KubeObject,
    newest: KubeObject,
    { ref, generation, replicas }: Wanted,
  ): Promise<void> {
    const { kube } = this.options;
    const sets = await childrenOf(kube, deployment, REPLICA_SET);
    const pods = (await Promise.all(sets.map((set) => childrenOf(kube, set, POD)))).flat();
    const updated = await childrenOf(kube, newest, POD);
    const status = deploymentStatus({
      ...{ generation, wanted: replicas, pods: pods.length, updated: updated.length },
      ready: pods.filter(isReady).length,
      at: this.timestamp(),
    });
    await change(kube, ref, (object) => ({ ...object, status }));
  }

  /** What Kubernetes' garbage collector does once an owner is gone. */
  private async collect(deployment: KubeObject): Promise<void> {
    const { kube } = this.options;
    for (const set of await childrenOf(kube, deployment, REPLICA_SET)) {
      for (const pod of await childrenOf(kube, set, POD)) await kube.delete(refOf(pod));
      await kube.delete(refOf(set));
    }
  }

  private timestamp(): string {
    return `${this.options.clock.now().toISOString().slice(0, 19)}Z`;
  }
}

function wantedOf(deployment: KubeObject): Wanted {
  const { replicas, template } = fieldsOf(deployment['spec']);
  const annotations = fieldsOf(fieldsOf(fieldsOf(template)['metadata'])['annotations']);
  const behaviour = BEHAVIOURS.find((one) => one === annotations[BEHAVIOUR_ANNOTATION]);
  return {
    ref: refOf(deployment),
    generation: deployment.metadata.generation ?? 0,
    replicas: typeof replicas === 'number' ? replicas : 1,
    template: fieldsOf(template) as Wanted['template'],
    fate: {
      behaviour: behaviour ?? 'ready',
      afterMs: Number(annotations[AFTER_ANNOTATION] ?? 0),
    },
  };
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

/** Five characters, as Kubernetes appends them. */
function podName(set: KubeObject, index: number): string {
  const { name, uid = '' } = set.metadata;
  return `${name}-${jsonDigest([uid, index]).slice(0, 5)}`;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
