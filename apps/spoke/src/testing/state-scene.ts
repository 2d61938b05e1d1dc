import { ReleaseReader } from '@apollo-deploy/helm';
import { ScriptedHelmRunner } from '@apollo-deploy/helm/testing';
import type { KubeObject, KubeRef } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import type { ReleaseReport } from '@apollo-deploy/protocol';
import { pino } from 'pino';
import { DriftFinder } from '../drift/drift-finder.js';
import { Events } from './events.js';
import { VirtualTime } from './virtual-time.js';
import { ClusterState } from '../state/cluster-state.js';
import { LiveObjects } from '../state/live-objects.js';
import type { Quantities } from '../state/pod-usage.js';
import { ReleaseInventory } from '../state/release-inventory.js';

export const COALESCE_MS = 200;
export const SHOP = { namespace: 'shop', release: 'web', planId: 'plan-1', timeoutMs: 1000 };
export const OPTIONS = { totalDeadlineMs: 1000, abort: new AbortController().signal };

export function deployment(name: string): KubeObject {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
    spec: { replicas: 1, template: {} },
    status: {
      ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
      ...{ readyReplicas: 1, availableReplicas: 1 },
    },
  };
}
export const DATA = { password: 'aHVudGVyMg==' };
const secret = (name: string): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name } },
  data: DATA,
});
export const WEB: KubeRef = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
};
export const SECRET: KubeRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'web' };

/** The state of a cluster in memory, with release `web` in namespace `shop` once it is installed. */
export class StateScene {
  readonly kube = new InMemoryKubeApi({ namespaces: ['shop', 'other'] });
  readonly helm = new ScriptedHelmRunner(this.kube);
  readonly time = new VirtualTime();
  readonly changes = new Events<ReadonlyMap<string, ReleaseReport | null>>();
  private readonly log = pino({ level: 'silent' });
  readonly live = new LiveObjects({
    ...{ kube: this.kube, timer: this.time, random: () => 0.5, log: this.log },
    onSight: () => this.state.sightChanged(),
  });
  readonly inventory: ReleaseInventory = new ReleaseInventory({
    ...{ kube: this.kube, timer: this.time, random: () => 0.5, log: this.log },
    reader: new ReleaseReader(this.kube),
    namespaces: () => Promise.resolve(this.namespaces),
    onChange: (key) => this.state.releaseChanged(key),
    onSight: () => this.state.sightChanged(),
  });
  /** Where the spoke is to look if it may not look everywhere. */
  namespaces: readonly string[] = ['shop', 'other'];
  used: Quantities | undefined = undefined;
  /** When the cluster was last heard; null: right now. */
  heardAt: Date | null = null;
  onChange = (changed: ReadonlyMap<string, ReleaseReport | null>): void =>
    this.changes.push(changed);
  readonly state: ClusterState = new ClusterState({
    ...{ inventory: this.inventory, live: this.live, clock: this.time, timer: this.time },
    usage: { of: () => this.used },
    heardAt: () => this.heardAt ?? this.time.now(),
    drift: new DriftFinder({ kube: this.kube, rules: [], log: this.log }),
    healthRules: {},
    onChange: (changed) => this.onChange(changed),
  });

  constructor() {
    const render = () => [deployment('web'), secret('web')];
    this.helm.addChart({ name: 'web', version: '1.0.0', render });
    this.helm.addChart({ name: 'web', version: '2.0.0', render });
  }

  async install(target: Partial<typeof SHOP> = {}): Promise<void> {
    const command = { ...SHOP, ...target, chartPath: 'web-1.0.0.tgz', values: { key: 's3cret' } };
    await this.helm.run({ verb: 'install', ...command, createNamespace: false }, OPTIONS);
  }

  /** What changes next; time passes for as long as something is being collected. */
  async next(): Promise<ReadonlyMap<string, ReleaseReport | null>> {
    const change = this.changes.next();
    const told = change.then(() => true);
    while (!(await Promise.race([told, this.time.waitBegins(COALESCE_MS).then(() => false)]))) {
      this.time.advance(COALESCE_MS);
    }
    return change;
  }

  /** The next change that shows the release so. */
  async until(matches: (report: ReleaseReport | null | undefined) => boolean): Promise<void> {
    while (!matches((await this.next()).get('shop/web')));
  }

  /** Stores what `make` makes of an object. */
  async edit(ref: KubeRef, make: (object: KubeObject) => KubeObject): Promise<void> {
    const found = await this.kube.get(ref);
    if (!found.ok) throw new Error(found.error.message);
    await this.kube.replace(make(found.value));
  }

  start(): void {
    this.inventory.start();
  }

  stop(): void {
    this.state.stop();
    this.inventory.stop();
  }
}
