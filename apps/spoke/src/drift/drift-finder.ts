import { KubeUnavailable, type KubeApi, type KubeObject, type KubeRef } from '@apollo-deploy/kube';
import type { DriftReport } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import { Limit } from '../execution/limit.js';
import type { DriftRule } from './drift-rules.js';
import type { ExpectedObject } from './expected-object.js';
import { isWithoutContent } from '../state/kind-watch.js';
import { objectDrift } from './object-drift.js';

export interface DriftFinderOptions {
  readonly kube: Pick<KubeApi, 'get'>;
  readonly rules: readonly DriftRule[];
  readonly log: Logger;
}

/** A live object, and what its release says of it. */
export interface Comparison {
  readonly ref: KubeRef;
  readonly expected: ExpectedObject;
  readonly live: KubeObject;
}

interface Finding {
  readonly expected: ExpectedObject;
  readonly drift: readonly DriftReport[];
}

const READ_AT_A_TIME = 8;

/**
 * Compares live objects with their release, each once for as long as neither changes. What the watch
 * shows no content of (Secrets, ConfigMaps) is read for that once, and not kept.
 */
export class DriftFinder {
  private readonly found = new WeakMap<KubeObject, Finding>();
  /** Of objects whose content is read: what was found last, for as long as the release says the same. */
  private readonly last = new WeakMap<ExpectedObject, readonly DriftReport[]>();
  private readonly limit = new Limit(READ_AT_A_TIME);

  constructor(private readonly options: DriftFinderOptions) {}

  /** Of an object whose content has yet to be read, what was known of it before. */
  of(comparison: Comparison): readonly DriftReport[] {
    const { live, expected } = comparison;
    const known = this.found.get(live);
    if (known?.expected === expected) return known.drift;
    if (!isWithoutContent(live)) return this.compare(comparison, live);
    return this.last.get(expected) ?? [];
  }

  /** Reads the content that is wanted and not known. False if some cannot be read for now. */
  async read(comparisons: readonly Comparison[]): Promise<boolean> {
    const unread = comparisons.filter(
      ({ live, expected }) => isWithoutContent(live) && this.found.get(live)?.expected !== expected,
    );
    const read = await Promise.all(
      unread.map((comparison) => this.limit.run(() => this.readOne(comparison))),
    );
    return read.every(Boolean);
  }

  private async readOne(comparison: Comparison): Promise<boolean> {
    const { ref, live, expected } = comparison;
    try {
      const content = await this.options.kube.get(ref);
      if (content.ok) this.compare(comparison, content.value);
      else {
        this.found.set(live, { expected, drift: [] });
        if (content.error.code === 'kube/not_found') return true;
        this.options.log.warn(
          { refusal: content.error.message },
          "drift of an object cannot be seen; give the spoke's account the right to get it",
        );
      }
      return true;
    } catch (error) {
      if (!(error instanceof KubeUnavailable)) throw error;
      this.options.log.warn({ err: error }, 'drift of an object cannot be seen yet; trying again');
      return false;
    }
  }

  private compare({ ref, expected, live }: Comparison, content: KubeObject): Finding['drift'] {
    const drift = objectDrift({ ref, expected, live: content, rules: this.options.rules });
    this.found.set(live, { expected, drift });
    if (isWithoutContent(live)) this.last.set(expected, drift);
    return drift;
  }
}
