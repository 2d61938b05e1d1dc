import type { Result } from '@apollo-deploy/kernel';
import type { KubeApi, KubeRefusal } from '@apollo-deploy/kube';
import { readRelease, type UnreadableRelease } from './release-codec.js';
import type { ReleaseRecord, ReleaseRevision } from './release-record.js';

/** The Secrets Helm keeps its releases in. */
export const RELEASE_SECRET_KIND = { apiVersion: 'v1', kind: 'Secret' } as const;

type Read = Result<ReleaseRecord, KubeRefusal | UnreadableRelease>;

/** The last ones read; a release at work has two of them. */
const KEPT = 64;
/** Records with a longer manifest are read anew, so that those kept take some 20 MB at most. */
const LONGEST_KEPT = 256 * 1024;

/**
 * Reads revisions in full. What was read of one version of a Secret is kept for whoever asks for that
 * version next, so that the parts of a spoke that look at the same release fetch its payload once.
 */
export class ReleaseReader {
  private readonly kept = new Map<string, Promise<Read>>();

  constructor(private readonly kube: KubeApi) {}

  /** As it is or newer. Throws `KubeUnavailable`. */
  async read(namespace: string, revision: ReleaseRevision): Promise<Read> {
    const key = `${revision.secretUid}@${revision.resourceVersion}`;
    const known = this.kept.get(key) ?? this.fetch(namespace, revision.secretName);
    this.keep(key, known);
    try {
      const read = await known;
      const found = read.ok ? `${read.value.secretUid}@${read.value.resourceVersion}` : null;
      // What has changed meanwhile is no answer for the next who asks for this version.
      if (found !== key) this.kept.delete(key);
      if (read.ok && read.value.manifest.length > LONGEST_KEPT) this.kept.delete(key);
      return read;
    } catch (error) {
      this.kept.delete(key);
      throw error;
    }
  }

  private async fetch(namespace: string, name: string): Promise<Read> {
    const secret = await this.kube.get({ ...RELEASE_SECRET_KIND, namespace, name });
    return secret.ok ? readRelease(secret.value) : secret;
  }

  private keep(key: string, read: Promise<Read>): void {
    this.kept.delete(key);
    this.kept.set(key, read);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}
