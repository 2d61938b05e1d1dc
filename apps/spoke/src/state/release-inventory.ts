import {
  readRevision,
  RELEASE_SECRET_KIND,
  type ReleaseReader,
  type ReleaseRecord,
  type ReleaseRevision,
} from '@apollo-deploy/helm';
import { err, type Result } from '@apollo-deploy/kernel';
import { KubeUnavailable, type KubeApi, type KubeObject, type Timer } from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import { expectedObjects } from '../drift/expected-release.js';
import { helmHead, unreadableHead } from './helm-head.js';
import { manifestObjects, refsOf } from './manifest-refs.js';
import type { KnownRelease, ReleaseProblem } from './release-report.js';
import { ReleaseSecrets, type Sight } from './release-secrets.js';

export interface ReleaseInventoryOptions {
  readonly kube: KubeApi;
  readonly reader: ReleaseReader;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Where to look if the account may not look everywhere. Throws `KubeUnavailable`. */
  readonly namespaces: () => Promise<readonly string[]>;
  /** Called when `sight` is not what it was. */
  readonly onSight: () => void;
  /** Called when a release came, changed or went. */
  readonly onChange: (key: string) => void;
}

interface ReleaseName {
  readonly namespace: string;
  readonly releaseName: string;
}

interface Tracked {
  readonly namespace: string;
  readonly releaseName: string;
  revisions: Map<string, ReleaseRevision>;
  /** Events up to this resourceVersion are known already. */
  asOf: bigint;
  /** Which payloads `known` was read from. */
  readFrom: string;
  known: KnownRelease | null;
  stale: boolean;
  turn: Promise<void>;
}

/** What the metadata says of a release's newest revision, and what its payload said. */
interface Newest {
  readonly head: ReleaseRevision;
  readonly lastDeployed: ReleaseRevision | null;
  readonly record: Result<ReleaseRecord, ReleaseProblem>;
  /** Every revision that is left, oldest first. */
  readonly history: readonly ReleaseRevision[];
}

type Findings = Pick<KnownRelease, 'head' | 'refs' | 'expected' | 'problem'>;

const LONGEST_NAME = 53;
const RETRY_MS = 2000;

/**
 * Every Helm release of the cluster, from the metadata of its Secrets. A payload is fetched only when
 * a head has changed, and nothing is kept of it here but what is reported and what live objects are
 * compared with; of Secrets, digests.
 */
export class ReleaseInventory {
  private readonly tracked = new Map<string, Tracked>();
  private readonly secrets: ReleaseSecrets;
  private readonly unread = new Set<string>();
  private running = false;
  private waiting: (() => void)[] = [];

  constructor(private readonly options: ReleaseInventoryOptions) {
    const { kube, timer, random, log, namespaces, onSight } = options;
    this.secrets = new ReleaseSecrets({
      ...{ kube, timer, random, log, namespaces, onSight },
      onChange: (secret, gone) => this.take(secret, gone),
      onAnswer: () => this.checkReady(),
    });
  }

  start(): void {
    this.running = true;
    this.secrets.start();
  }

  /** Resolves once every release in sight has been read, however long ago. */
  get ready(): Promise<void> {
    if (this.isReady()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Whether it sees the cluster now; what it says else may no longer be so. */
  get seesCluster(): boolean {
    return this.secrets.isCurrent;
  }

  /** Where it sees releases; null: everywhere. */
  get sight(): Sight | null {
    return this.secrets.sight;
  }

  stop(): void {
    this.running = false;
    this.secrets.stop();
  }

  /** By key, `namespace/name`; null if there is no such release, or it has not been read yet. */
  get(key: string): KnownRelease | null {
    const known = this.tracked.get(key)?.known ?? null;
    if (known === null || !this.secrets.isRefused(known.namespace)) return known;
    const message = `namespace ${known.namespace} can no longer be looked at, this is how it was; give the spoke's account the right to list and watch Secrets there`;
    return { ...known, problem: { reason: 'NotSeen', message } };
  }

  /** True if the cluster holds Secrets of this release, whether or not they have been read yet. */
  has(key: string): boolean {
    return this.tracked.has(key);
  }

  /** Looks at one release now, ahead of the watch. Throws `KubeUnavailable` if it cannot be read. */
  async refresh({ namespace, releaseName }: ReleaseName): Promise<void> {
    const key = `${namespace}/${releaseName}`;
    const labelSelector = `owner=helm,name=${releaseName}`;
    const listed = await this.options.kube.list(RELEASE_SECRET_KIND, {
      ...{ namespace, labelSelector, metadataOnly: true },
    });
    if (!listed.ok) {
      const message = `the release Secrets of namespace ${namespace} cannot be listed: ${listed.error.message}`;
      throw new KubeUnavailable(message, { cause: listed.error });
    }
    const { items, resourceVersion } = listed.value;
    const revisions = items.map(readRevision).filter((revision) => revision !== null);
    if (revisions.length === 0 && !this.tracked.has(key)) return;
    const tracked = this.track({ namespace, releaseName });
    tracked.revisions = new Map(revisions.map((revision) => [revision.secretName, revision]));
    tracked.asOf = versionOf(resourceVersion);
    tracked.stale = true;
    await this.reading(key, tracked);
  }

  /** The newest revisions that are the work of plans, once every release in sight has been read. */
  async planned(): Promise<readonly (ReleaseName & { readonly planId: string })[]> {
    await this.ready;
    return [...this.tracked.values()].flatMap(({ namespace, releaseName, known }) => {
      const planId = known?.head.planId;
      return planId === undefined ? [] : [{ namespace, releaseName, planId }];
    });
  }

  keys(): readonly string[] {
    return [...this.tracked.keys()];
  }

  private take(secret: KubeObject, gone: boolean): void {
    const revision = readRevision(secret);
    const { namespace, labels } = secret.metadata;
    const releaseName = labels?.['name'];
    if (revision === null || namespace === undefined) return;
    // Helm takes no longer names, and neither does the protocol: somebody else made this Secret.
    if (releaseName === undefined || releaseName.length > LONGEST_NAME) return;
    const tracked = this.track({ namespace, releaseName });
    if (versionOf(secret.metadata.resourceVersion) <= tracked.asOf) return;
    if (gone) tracked.revisions.delete(revision.secretName);
    else tracked.revisions.set(revision.secretName, revision);
    tracked.stale = true;
    const key = `${namespace}/${releaseName}`;
    this.unread.add(key);
    void this.readOrRetry(key, tracked);
  }

  private track({ namespace, releaseName }: ReleaseName): Tracked {
    const key = `${namespace}/${releaseName}`;
    const tracked = this.tracked.get(key) ?? {
      ...{ namespace, releaseName, revisions: new Map<string, ReleaseRevision>(), asOf: -1n },
      ...{ readFrom: '', known: null, stale: false, turn: Promise.resolve() },
    };
    this.tracked.set(key, tracked);
    return tracked;
  }

  private async readOrRetry(key: string, tracked: Tracked): Promise<void> {
    try {
      await this.reading(key, tracked);
    } catch (error) {
      if (!(error instanceof KubeUnavailable)) throw error;
      this.options.log.warn({ err: error, release: key }, 'a release cannot be read; trying again');
      this.options.timer.after(RETRY_MS * (0.5 + this.options.random()), () => {
        void this.readOrRetry(key, tracked);
      });
    }
  }

  /** One reading at a time for each release; resolves when what is known now has been read. */
  private reading(key: string, tracked: Tracked): Promise<void> {
    // The reading before this one has told its own caller how it went.
    const turn = Promise.allSettled([tracked.turn]).then(async () => {
      if (!tracked.stale || !this.running) return;
      tracked.stale = false;
      try {
        await this.readOnce(key, tracked);
      } catch (error) {
        tracked.stale = true;
        throw error;
      }
      this.settle(key, tracked);
    });
    tracked.turn = turn;
    return turn;
  }

  private async readOnce(key: string, tracked: Tracked): Promise<void> {
    const history = [...tracked.revisions.values()].sort((a, b) => a.revision - b.revision);
    const head = history.at(-1);
    const lastDeployed = history.findLast(({ status }) => status === 'deployed') ?? null;
    if (head === undefined) {
      this.tracked.delete(key);
      return this.options.onChange(key);
    }
    const readFrom = [head, lastDeployed]
      .map((r) => `${r?.secretUid}:${r?.resourceVersion}`)
      .join();
    if (readFrom === tracked.readFrom) return;
    const record = await this.payload(tracked, head);
    // It went between its event and now; another event is on its way.
    if (record === null) return;
    const read = await this.read(tracked, { head, lastDeployed, record, history });
    const { namespace, releaseName, known } = tracked;
    if (read.problem !== null && read.problem.message !== known?.problem?.message) {
      this.options.log.error({ release: key, problem: read.problem }, 'a release cannot be read');
    }
    tracked.known = { namespace, releaseName, ...read };
    // What cannot be read now may be tomorrow: with other rights it is the same Secret.
    tracked.readFrom = record.ok ? readFrom : '';
    this.options.onChange(key);
  }

  private async read(
    tracked: Tracked,
    { head, lastDeployed, record, history }: Newest,
  ): Promise<Findings> {
    const before = lastDeployed === null || lastDeployed === head ? null : lastDeployed;
    const deployed = before === null ? null : await this.payload(tracked, before);
    const last = deployed?.ok === true ? deployed.value : null;
    const nothing = { refs: [], expected: new Map() };
    if (!record.ok) {
      return { head: unreadableHead(head, last), ...nothing, problem: record.error };
    }
    const told = helmHead(record.value, last, history);
    const objects = await manifestObjects(this.options.kube, record.value);
    if (objects.ok) {
      const expected = expectedObjects(objects.value);
      return { head: told, refs: refsOf(objects.value), expected, problem: null };
    }
    const { message } = objects.error;
    return { head: told, ...nothing, problem: { reason: 'ManifestUnreadable', message } };
  }

  /** Null if the Secret is gone. */
  private async payload(
    { namespace }: Tracked,
    revision: ReleaseRevision,
  ): Promise<Result<ReleaseRecord, ReleaseProblem> | null> {
    const record = await this.options.reader.read(namespace, revision);
    if (record.ok) return record;
    const { code, message } = record.error;
    if (code === 'kube/not_found') return null;
    const cure = `; give the spoke's account the right to get secrets in ${namespace}`;
    const told = code === 'release/unreadable' ? message : `${message}${cure}`;
    return err({ reason: 'UnreadableRelease', message: told });
  }

  private settle(key: string, { stale }: Tracked): void {
    if (!stale) this.unread.delete(key);
    this.checkReady();
  }

  private checkReady(): void {
    if (!this.isReady()) return;
    for (const settle of this.waiting.splice(0)) settle();
  }

  private isReady(): boolean {
    const isUnknown = (key: string): boolean => this.tracked.get(key)?.known === null;
    return this.secrets.hasSynced && ![...this.unread].some(isUnknown);
  }
}

/** Kubernetes numbers all writes of a cluster in one rising sequence. */
function versionOf(resourceVersion: string | undefined): bigint {
  return /^\d+$/.test(resourceVersion ?? '') ? BigInt(resourceVersion ?? 0) : 0n;
}
