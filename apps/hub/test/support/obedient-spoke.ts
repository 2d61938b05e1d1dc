import { sha256Hex } from '@apollo-deploy/kernel';
import type { HubFrame, ReleaseReport } from '@apollo-deploy/protocol';
import { SpokeClient } from '../../src/testing/spokes/spoke-client.js';
import type { TestCredential } from '../../src/testing/spokes/test-credential.js';

const HEARTBEAT_MS = 5_000;

type Offer = Extract<Extract<HubFrame, { t: 'plan.offer' }>['p'], { readonly content: object }>;

/** A spoke on a real WebSocket that carries out what it is offered, at once, and looks afterwards. */
export class ObedientSpoke {
  /** Versions that never become Healthy here. */
  readonly sick = new Set<string>();
  /** What came of plans one after another: `test-service 1.0.0 install`. */
  readonly done: string[] = [];
  /** By version, whom it tells that it is at work on it, and that its word may be given. */
  private readonly slow = new Map<string, (speak: () => void) => void>();
  private revision = 0;
  private generation = 1;
  /** What was said last of each version that it has run. */
  private readonly seen = new Map<string, ReleaseReport>();
  /** What runs, by release. */
  private readonly running = new Map<string, ReleaseReport>();
  private working: Promise<void> = Promise.resolve();
  private readonly beats: ReturnType<typeof setInterval>;

  private constructor(
    private client: SpokeClient,
    private readonly reach: () => Promise<SpokeClient>,
  ) {
    this.beats = setInterval(() => {
      this.client.say('heartbeat', { running: [], generation: this.generation });
    }, HEARTBEAT_MS);
    this.begin();
  }

  static async connect(port: number, credential: TestCredential): Promise<ObedientSpoke> {
    const reach = (): Promise<SpokeClient> => SpokeClient.connect(port, credential);
    return new ObedientSpoke(await reach(), reach);
  }

  /** Connects to the hub that has taken the place of one that died, and says what runs. */
  async reconnect(): Promise<void> {
    this.client.socket.terminate();
    await this.working;
    this.client = await this.reach();
    this.generation += 1;
    this.begin();
  }

  /** At work on this version it says nothing more; resolves then, with what lets it speak. */
  worksOn(version: string): Promise<() => void> {
    return new Promise((resolve) => this.slow.set(version, resolve));
  }

  /** Somebody else takes a release back to a version that it has run, by Helm, and the spoke sees it. */
  seesTakenBack(releaseName: string, version: string): void {
    const before = this.seenOf(releaseName, version);
    this.revision += 1;
    const name = `${releaseName} ${String(this.revision)}`;
    const head = {
      ...{ ...before.head, revision: this.revision },
      secretUid: sha256Hex(`uid ${name}`).slice(0, 36),
      releaseDigest: sha256Hex(`release ${name}`),
    };
    this.sees({ ...before, head });
  }

  /** What runs does so from now on. */
  seesHealth(releaseName: string, version: string, health: ReleaseReport['health']): void {
    this.sees({ ...this.seenOf(releaseName, version), health });
  }

  /** Resolves when it does nothing any more. */
  async stop(): Promise<void> {
    clearInterval(this.beats);
    this.client.socket.terminate();
    await this.working;
  }

  private begin(): void {
    const releases = [...this.running.values()];
    const { generation } = this;
    this.client.say('state.full', { generation, part: 1, parts: 1, releases });
    this.working = this.work();
  }

  private seenOf(releaseName: string, version: string): ReleaseReport {
    const seen = this.seen.get(`${releaseName} ${version}`);
    if (seen === undefined) throw new Error(`${releaseName} ${version} has never run here`);
    return seen;
  }

  private sees(release: ReleaseReport): void {
    this.generation += 1;
    this.running.set(release.releaseName, release);
    const changed = [{ ...release, observedAt: new Date().toISOString() }];
    this.client.say('state.delta', { generation: this.generation, changed, removed: [] });
  }

  private async work(): Promise<void> {
    for (;;) {
      // It works for as long as it is connected.
      const [offered] = await Promise.allSettled([this.client.next('plan.offer')]);
      if (offered.status === 'rejected') return;
      const { id, p } = offered.value;
      this.client.say('ack', {}, id);
      // A hub without a key signs none.
      if ('content' in p) this.carryOut(p);
    }
  }

  private carryOut({ planId, attempt, content }: Offer): void {
    const at = new Date().toISOString();
    this.client.say('plan.accept', { planId, attempt, at });
    const { releaseName, chart, type } = content;
    const version = chart?.version ?? '';
    const isSick = this.sick.has(version);
    this.revision += 1;
    this.done.push(`${releaseName} ${version} ${type}${isSick ? ' failed' : ''}`);
    const result = isSick
      ? ({ ...WENT_BAD, verdict: 'failed' } as const)
      : ({ verdict: 'succeeded', message: 'all objects are Healthy', evidence: {} } as const);
    const release = report(content, planId, this.revision, isSick ? 'Degraded' : 'Healthy');
    this.seen.set(`${releaseName} ${version}`, release);
    this.running.set(releaseName, release);
    const speak = (): void => {
      this.client.say('plan.result', { ...{ planId, attempt, at, result }, release });
    };
    const tell = this.slow.get(version);
    if (tell === undefined) speak();
    else tell(speak);
  }
}

const WENT_BAD = {
  outcome: 'unhealthy',
  reason: 'CrashLoopBackOff',
  message: 'a pod is in CrashLoopBackOff',
  interrupted: false,
  evidence: {},
} as const;

function report(
  { namespace, releaseName, chart, valuesDigest }: Offer['content'],
  planId: string,
  revision: number,
  health: 'Healthy' | 'Degraded',
): ReleaseReport {
  const name = `${namespace} ${releaseName} ${String(revision)}`;
  return {
    ...{ namespace, releaseName, health },
    head: {
      ...{ revision, status: 'deployed', planId },
      ...{ chartName: chart?.name ?? '', chartVersion: chart?.version ?? '' },
      valuesDigest: valuesDigest ?? '',
      manifestDigest: sha256Hex(`manifest ${name}`),
      secretUid: sha256Hex(`uid ${name}`).slice(0, 36),
      releaseDigest: sha256Hex(`release ${name}`),
    },
    ...{ objects: [], pods: [], drift: [] },
    observedAt: new Date().toISOString(),
  };
}
