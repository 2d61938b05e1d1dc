import type { KubeApi, KubeObject } from '@apollo-deploy/kube';
import type { HelmCommand, HelmValues } from '../helm-command.js';
import { decodePayload, encodePayload, type ReleasePayload } from '../release-codec.js';
import { RELEASE_SECRET_KIND } from '../release-reader.js';

/** One revision of a release, as its Secret keeps it. */
export interface StoredRelease {
  readonly secret: KubeObject;
  readonly payload: ReleasePayload;
  readonly revision: number;
  readonly status: string;
}

/** The release Secrets of Helm, written as Helm writes them: what it keeps of what it did. */
export class ReleaseSecrets {
  constructor(
    private readonly kube: KubeApi,
    private readonly now: () => Date,
  ) {}

  /** The revisions that are kept, the oldest first. */
  async of({ release, namespace }: HelmCommand): Promise<StoredRelease[]> {
    const labelSelector = `owner=helm,name=${release}`;
    const listed = await this.kube.list(RELEASE_SECRET_KIND, { namespace, labelSelector });
    if (!listed.ok) throw new Error(listed.error.message);
    return listed.value.items.map(storedOf).sort((a, b) => a.revision - b.revision);
  }

  /** Null where somebody else has written the same revision before. */
  async write(
    command: HelmCommand,
    history: readonly StoredRelease[],
    revision: {
      readonly status: string;
      readonly description: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly content: ReleasePayload;
      readonly rollbackRevision?: number;
    },
  ): Promise<StoredRelease | null> {
    const { release, namespace } = command;
    const number = (history.at(-1)?.revision ?? 0) + 1;
    const now = this.now().toISOString();
    const first = history[0]?.payload['info'] as HelmValues | undefined;
    const { status, description, rollbackRevision } = revision;
    const payload = {
      ...revision.content,
      name: release,
      namespace,
      version: number,
      apply_method: 'ssa',
      info: {
        status,
        description,
        first_deployed: first?.['first_deployed'] ?? now,
        last_deployed: now,
        ...(rollbackRevision !== undefined && { rollback_revision: rollbackRevision }),
      },
    };
    const system = { owner: 'helm', name: release, status, version: String(number) };
    const created = await this.kube.create({
      ...RELEASE_SECRET_KIND,
      metadata: {
        name: `sh.helm.release.v1.${release}.v${String(number)}`,
        namespace,
        labels: { ...revision.labels, ...system },
      },
      type: 'helm.sh/release.v1',
      data: { release: encodePayload(payload) },
    });
    return created.ok ? storedOf(created.value) : null;
  }

  /** Last writer wins, as with Helm. */
  async restate(
    stored: StoredRelease,
    change: { readonly status: string; readonly description?: string; readonly deleted?: string },
  ): Promise<void> {
    const current = await this.kube.get(refOfSecret(stored.secret));
    if (!current.ok) return;
    const { secret, payload } = storedOf(current.value);
    const { status } = change;
    const info = { ...(payload['info'] as HelmValues), ...change };
    await this.kube.replace({
      ...secret,
      metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, status } },
      data: { release: encodePayload({ ...payload, info }) },
    });
  }

  /** Helm keeps so many revisions, the newest counted. */
  async prune(older: readonly StoredRelease[], historyMax: number): Promise<void> {
    await this.forget(older.slice(0, Math.max(older.length + 1 - historyMax, 0)));
  }

  /** Takes revisions out, as if they had never been. */
  async forget(revisions: readonly StoredRelease[]): Promise<void> {
    for (const { secret } of revisions) await this.kube.delete(refOfSecret(secret));
  }
}

/** The labels that people see, and not those by which Helm finds its own. */
export function userLabels(stored: StoredRelease | undefined): Record<string, string> {
  const system = ['owner', 'name', 'status', 'version'];
  const labels = Object.entries(stored?.secret.metadata.labels ?? {});
  return Object.fromEntries(labels.filter(([name]) => !system.includes(name)));
}

function storedOf(secret: KubeObject): StoredRelease {
  const decoded = decodePayload(secret);
  if (!decoded.ok) throw new Error(decoded.error.message);
  const { status = '', version } = secret.metadata.labels ?? {};
  return { secret, payload: decoded.value, revision: Number(version), status };
}

function refOfSecret({ metadata }: KubeObject) {
  const { name, namespace = '' } = metadata;
  return { ...RELEASE_SECRET_KIND, namespace, name };
}
