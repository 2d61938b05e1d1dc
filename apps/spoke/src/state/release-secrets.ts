import { RELEASE_SECRET_KIND } from '@apollo-deploy/helm';
import {
  Informer,
  KubeUnavailable,
  type InformerProblem,
  type KubeApi,
  type KubeObject,
  type Timer,
} from '@apollo-deploy/kube';
import type { Logger } from 'pino';

/** Where releases are seen and where they are not, if not everywhere. */
export interface Sight {
  readonly seen: readonly string[];
  /** To be looked at, and not allowed. */
  readonly unseen: readonly string[];
}

export interface ReleaseSecretsOptions {
  readonly kube: KubeApi;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Where to look if the account may not look everywhere. Throws `KubeUnavailable`. */
  readonly namespaces: () => Promise<readonly string[]>;
  /** A Secret came, changed or went. */
  readonly onChange: (secret: KubeObject, gone: boolean) => void;
  /** There was an answer, maybe from the last place there was none from. */
  readonly onAnswer: () => void;
  /** `sight` is not what it was. */
  readonly onSight: () => void;
}

/** One namespace. */
interface Part {
  readonly informer: Informer;
  refused: boolean;
}

/**
 * The metadata of all release Secrets: one watch on the cluster, and where the account may not do that,
 * one on each namespace it is bound to. A Secret that is out of sight is not told to be gone.
 */
export class ReleaseSecrets {
  private readonly whole: Informer;
  private readonly parts = new Map<string, Part>();
  private bound = false;
  private running = false;
  private toldSight = 'null';

  constructor(private readonly options: ReleaseSecretsOptions) {
    this.whole = this.open(
      undefined,
      () => this.unbind(),
      (problem) => {
        if (problem.refusal.code === 'kube/forbidden') void this.bind();
      },
    );
  }

  start(): void {
    this.running = true;
    this.whole.start();
  }

  stop(): void {
    this.running = false;
    this.whole.stop();
    for (const { informer } of this.parts.values()) informer.stop();
  }

  /** True once there was an answer from everywhere it is to look, and one of them was no refusal. */
  get hasSynced(): boolean {
    if (!this.bound) return this.whole.hasSynced;
    const parts = [...this.parts.values()];
    const answered = parts.every(({ informer, refused }) => refused || informer.hasSynced);
    return answered && parts.some(({ refused }) => !refused);
  }

  /** True while the watches it is allowed go without trouble, and there is one. */
  get isCurrent(): boolean {
    if (!this.bound) return this.whole.isCurrent;
    const allowed = [...this.parts.values()].filter(({ refused }) => !refused);
    return allowed.length > 0 && allowed.every(({ informer }) => informer.isCurrent);
  }

  /** Null: it looks at the whole cluster. */
  get sight(): Sight | null {
    if (!this.bound) return null;
    const named = (matches: (part: Part) => boolean): readonly string[] =>
      [...this.parts]
        .filter(([, part]) => matches(part))
        .map(([namespace]) => namespace)
        .sort();
    return {
      seen: named(({ informer, refused }) => !refused && informer.hasSynced),
      unseen: named(({ refused }) => refused),
    };
  }

  /** True where it is to look and may not. */
  isRefused(namespace: string): boolean {
    return this.bound && this.parts.get(namespace)?.refused === true;
  }

  private async bind(): Promise<void> {
    const { namespaces, log } = this.options;
    const wanted = await this.tried(namespaces);
    if (wanted === null || !this.running) return;
    if (!this.bound) {
      log.warn(
        { namespaces: wanted },
        "the spoke's account may not list Secrets of the whole cluster; looking at these namespaces alone",
      );
    }
    this.bound = true;
    for (const [namespace, { informer }] of this.parts) {
      if (!wanted.includes(namespace)) this.close(namespace, informer);
    }
    for (const namespace of wanted) if (!this.parts.has(namespace)) this.openPart(namespace);
    this.noteSight();
  }

  private noteSight(): void {
    const sight = JSON.stringify(this.sight);
    if (sight === this.toldSight) return;
    this.toldSight = sight;
    this.options.onSight();
  }

  /** Null if it cannot be told now; the next refusal asks again. */
  private async tried(
    namespaces: ReleaseSecretsOptions['namespaces'],
  ): Promise<readonly string[] | null> {
    try {
      return await namespaces();
    } catch (error) {
      if (!(error instanceof KubeUnavailable)) throw error;
      this.options.log.warn({ err: error }, 'the namespaces cannot be listed; trying again');
      return null;
    }
  }

  /** The account may look everywhere now. */
  private unbind(): void {
    if (this.bound) {
      this.bound = false;
      for (const { informer } of this.parts.values()) {
        informer.stop();
        this.tellGone(informer.objects(), this.whole);
      }
      this.parts.clear();
      this.noteSight();
    }
    this.options.onAnswer();
  }

  private openPart(namespace: string): void {
    const answered = (refused: boolean): void => {
      part.refused = refused;
      this.noteSight();
      this.options.onAnswer();
    };
    const informer = this.open(
      namespace,
      () => {
        const inNamespace = this.whole
          .objects()
          .filter(({ metadata }) => metadata.namespace === namespace);
        this.tellGone(inNamespace, informer);
        answered(false);
      },
      ({ refusal }) => {
        if (refusal.code === 'kube/forbidden') answered(true);
      },
    );
    const part: Part = { informer, refused: false };
    this.parts.set(namespace, part);
    informer.start();
  }

  /** The namespace itself is gone. */
  private close(namespace: string, informer: Informer): void {
    this.parts.delete(namespace);
    informer.stop();
    this.tellGone(informer.objects(), null);
  }

  private tellGone(before: readonly KubeObject[], now: Informer | null): void {
    for (const secret of before) {
      const { name, namespace } = secret.metadata;
      if (now?.get(name, namespace) === undefined) this.options.onChange(secret, true);
    }
  }

  private open(
    namespace: string | undefined,
    onSynced: () => void,
    onRefused: (problem: Extract<InformerProblem, { type: 'refused' }>) => void,
  ): Informer {
    const { kube, timer, random, log, onChange } = this.options;
    return new Informer({
      ...{ kube, timer, random, kind: RELEASE_SECRET_KIND },
      selection: {
        ...(namespace !== undefined && { namespace }),
        ...{ labelSelector: 'owner=helm', metadataOnly: true },
      },
      listener: (delta) => {
        if (delta.type === 'synced') onSynced();
        else onChange(delta.object, delta.type === 'deleted');
      },
      onProblem: (problem) => {
        const what = { problem: problem.type, namespace };
        log.warn(what, 'the watch on releases broke off; listing again');
        if (problem.type === 'refused') onRefused(problem);
      },
    });
  }
}
