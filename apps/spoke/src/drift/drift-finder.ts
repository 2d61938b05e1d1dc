import { KubeUnavailable, type KubeApi, type KubeObject, type KubeRef } from '@apollo-deploy/kube';
import type { DriftReport } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import { Limit } from '../execution/limit.js';
import type { DriftRule } from './drift-rules.js';
import { DroppedFields, mayBeDropped } from './dropped-fields.js';
import type { ExpectedObject } from './expected-object.js';
import { formatPath } from './field-path.js';
import { isWithoutContent } from '../state/kind-watch.js';
import { objectDigest } from './object-digest.js';
import { driftedFields, driftReports, type DriftQuestion } from './object-drift.js';

export interface DriftFinderOptions {
  readonly kube: Pick<KubeApi, 'get' | 'replace'>;
  readonly rules: readonly DriftRule[];
  readonly log: Logger;
}

/** A live object, and what its release says of it. */
export interface Comparison {
  readonly ref: KubeRef;
  readonly expected: ExpectedObject;
  readonly live: KubeObject;
}

/** What a look at a live object found. */
export interface ObjectFinding {
  readonly drift: readonly DriftReport[];
  /** Undefined where its content cannot be read. */
  readonly digest: string | undefined;
}

interface Finding extends ObjectFinding {
  readonly expected: ExpectedObject;
}

const NOTHING: ObjectFinding = { drift: [], digest: undefined };

const READ_AT_A_TIME = 8;

/**
 * Compares live objects with their release, each once for as long as neither changes. What the watch
 * shows no content of (Secrets, ConfigMaps) is read for that once, and not kept.
 */
export class DriftFinder {
  private readonly found = new WeakMap<KubeObject, Finding>();
  /** Of objects whose content is read: what was found last, for as long as the release says the same. */
  private readonly last = new WeakMap<ExpectedObject, ObjectFinding>();
  private readonly limit = new Limit(READ_AT_A_TIME);
  private readonly dropped: DroppedFields;

  constructor(private readonly options: DriftFinderOptions) {
    this.dropped = new DroppedFields(options);
  }

  /**
   * Of an object whose content has yet to be read, what was known of it before. Fields that are gone
   * are not told until it is known that the API server would keep them.
   */
  of(comparison: Comparison): ObjectFinding {
    const { live, expected } = comparison;
    const known = this.found.get(live);
    if (known?.expected === expected) return known;
    if (!isWithoutContent(live)) return this.compare(comparison, live);
    return this.last.get(expected) ?? NOTHING;
  }

  /**
   * Reads the content that is wanted and not known, and asks what the API server would keep. False if
   * some cannot be read for now.
   */
  async read(comparisons: readonly Comparison[]): Promise<boolean> {
    const unread = comparisons.filter(
      ({ live, expected }) => this.found.get(live)?.expected !== expected,
    );
    const read = await Promise.all(
      unread.map((comparison) =>
        isWithoutContent(comparison.live)
          ? this.limit.run(() => this.readOne(comparison))
          : this.askOne(comparison),
      ),
    );
    return read.every(Boolean);
  }

  private async askOne({ ref, expected, live }: Comparison): Promise<boolean> {
    const question = { ref, expected, live, rules: this.options.rules };
    const missing = driftedFields(question).filter(mayBeDropped);
    if (missing.length === 0 || this.dropped.of(expected, live) !== null) return true;
    return this.limit.run(() => this.dropped.ask(question, missing));
  }

  private async readOne(comparison: Comparison): Promise<boolean> {
    const { ref, live, expected } = comparison;
    try {
      const content = await this.options.kube.get(ref);
      if (content.ok) this.compare(comparison, content.value);
      else {
        this.found.set(live, { expected, ...NOTHING });
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

  private compare({ ref, expected, live }: Comparison, content: KubeObject): Finding {
    const question = { ref, expected, live: content, rules: this.options.rules };
    const { fields, final } = this.fieldsToTell(question, isWithoutContent(live));
    const finding = { expected, drift: driftReports(ref, fields), digest: objectDigest(content) };
    if (final) this.found.set(live, finding);
    if (isWithoutContent(live)) this.last.set(expected, finding);
    return finding;
  }

  /** Not final while the server has yet to be asked about some. Content that is read has no schema. */
  private fieldsToTell(question: DriftQuestion, hasNoSchema: boolean) {
    const fields = driftedFields(question);
    if (hasNoSchema || !fields.some(mayBeDropped)) return { fields, final: true };
    const dropped = this.dropped.of(question.expected, question.live);
    return {
      fields: fields.filter(
        (field) => !mayBeDropped(field) || dropped?.has(formatPath(field.path)) === false,
      ),
      final: dropped !== null,
    };
  }
}
