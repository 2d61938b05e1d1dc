import { KubeUnavailable, type KubeApi, type KubeObject } from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import type { Difference } from './compare-fields.js';
import type { ExpectedObject } from './expected-object.js';
import { formatPath } from './field-path.js';
import { driftedFields, type DriftQuestion } from './object-drift.js';
import { objectDigest } from './object-digest.js';
import { withField } from './with-field.js';

export interface DroppedFieldsOptions {
  readonly kube: Pick<KubeApi, 'replace'>;
  readonly log: Logger;
}

interface Answer {
  /** Of the object that was asked about. */
  readonly state: string;
  readonly dropped: ReadonlySet<string>;
}

const NOTHING_DROPPED: ReadonlySet<string> = new Set();

/**
 * Fields of a manifest that the API server takes and does not keep, such as those that the schema of
 * a custom resource does not know. Nothing in a live object tells them from fields that somebody took
 * out, so the server is asked, by a dry run, once for each manifest and state of an object.
 */
export class DroppedFields {
  private readonly answers = new WeakMap<ExpectedObject, Answer>();

  constructor(private readonly options: DroppedFieldsOptions) {}

  /** Their paths; null if the server has yet to be asked. */
  of(expected: ExpectedObject, live: KubeObject): ReadonlySet<string> | null {
    const answer = this.answers.get(expected);
    return answer?.state === stateOf(live) ? answer.dropped : null;
  }

  /**
   * Asks what would become of the missing fields. What the server refuses counts as kept. False if it
   * has to be asked again, as it cannot answer or the object has changed meanwhile.
   */
  async ask(question: DriftQuestion, missing: readonly Difference[]): Promise<boolean> {
    const { expected, live } = question;
    const whole = missing.reduce<unknown>(
      (object, { path, expected: wanted }) => withField(object, path, wanted),
      live,
    ) as KubeObject;
    try {
      const kept = await this.options.kube.replace(whole, { dryRun: true });
      if (!kept.ok && kept.error.code === 'kube/version_conflict') return false;
      const dropped = kept.ok ? stillMissing({ ...question, live: kept.value }) : NOTHING_DROPPED;
      this.answers.set(expected, { state: stateOf(live), dropped });
      if (!kept.ok) {
        this.options.log.info(
          { refusal: kept.error.message },
          'the cluster refused to try out whether it keeps fields that are gone; they count as drift',
        );
      }
      return true;
    } catch (error) {
      if (!(error instanceof KubeUnavailable)) throw error;
      this.options.log.warn({ err: error }, 'drift of an object cannot be told yet; trying again');
      return false;
    }
  }
}

/** True for a field whose absence may be the server's doing. */
export function mayBeDropped({ path: [first], live }: Difference): boolean {
  const ofMetadata = first !== undefined && 'field' in first && first.field === 'metadata';
  return live === undefined && !ofMetadata;
}

function stillMissing(question: DriftQuestion): ReadonlySet<string> {
  const missing = driftedFields(question).filter(mayBeDropped);
  return new Set(missing.map(({ path }) => formatPath(path)));
}

function stateOf(object: KubeObject): string {
  return objectDigest(object) ?? object.metadata.resourceVersion ?? '';
}
