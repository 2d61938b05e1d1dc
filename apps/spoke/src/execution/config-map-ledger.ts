import { err, ok, sha256Hex, type Result } from '@apollo-deploy/kernel';
import { describeRef, type KubeApi, type KubeObject, type KubeRefusal } from '@apollo-deploy/kube';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { LedgerClaim, LedgerVerdict, type LedgerEntry, type ReleaseRef } from './ledger-entry.js';
import { LedgerUnusable, type Ledger, type LedgerMoved } from './ledger.js';

const Stored = Type.Object({
  claim: Type.Union([Type.Null(), LedgerClaim]),
  verdicts: Type.Array(LedgerVerdict),
});
const storedCheck = Compile(Stored);

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const FIELD = 'ledger';
const MARK = 'apollo.dev/ledger';
const RELEASE = 'apollo.dev/release';
/** A person puts the instance of a dead holder here, to let the next one go on. */
export const CONFIRMED_DEAD = 'apollo.dev/holder-confirmed-dead';

/** One ConfigMap a release, in the spoke's own namespace. */
export class ConfigMapLedger implements Ledger {
  constructor(
    private readonly kube: KubeApi,
    private readonly namespace: string,
  ) {}

  async read(release: ReleaseRef): Promise<LedgerEntry> {
    const ref = { ...CONFIG_MAP, namespace: this.namespace, name: ledgerName(release) };
    const found = await this.kube.get(ref);
    if (found.ok) return entryFrom(release, found.value);
    if (found.error.code !== 'kube/not_found')
      throw unusable(`read ${describeRef(ref)}`, found.error);
    return { release, claim: null, verdicts: [], confirmedDead: null, version: null };
  }

  async all(): Promise<readonly LedgerEntry[]> {
    const selection = { namespace: this.namespace, labelSelector: `${MARK}=release` };
    const listed = await this.kube.list(CONFIG_MAP, selection);
    if (!listed.ok) throw unusable(`list ConfigMaps in ${this.namespace}`, listed.error);
    return listed.value.items.flatMap((object) => {
      const release = releaseIn(object);
      // One that cannot be read is told of by the plans of its release.
      const stored = release === null ? null : storedIn(object);
      return release === null || !stored?.ok ? [] : [entryOf(release, object, stored.value)];
    });
  }

  async write(entry: LedgerEntry): Promise<Result<LedgerEntry, LedgerMoved>> {
    const object = this.configMap(entry);
    const written =
      entry.version === null ? await this.create(object) : await this.kube.replace(object);
    if (written.ok) return ok(entryFrom(entry.release, written.value));
    switch (written.error.code) {
      case 'kube/already_exists':
      case 'kube/version_conflict':
      case 'kube/not_found':
        return err({ code: 'ledger/moved' });
      default:
        throw unusable(`write ConfigMap ${this.namespace}/${object.metadata.name}`, written.error);
    }
  }

  private configMap(entry: LedgerEntry): KubeObject {
    const { release, claim, verdicts, confirmedDead, version } = entry;
    const stored: Static<typeof Stored> = { claim, verdicts: [...verdicts] };
    return {
      ...CONFIG_MAP,
      metadata: {
        namespace: this.namespace,
        name: ledgerName(release),
        labels: { 'app.kubernetes.io/managed-by': 'apollo-spoke', [MARK]: 'release' },
        annotations: {
          [RELEASE]: `${release.namespace}/${release.releaseName}`,
          ...(confirmedDead !== null && { [CONFIRMED_DEAD]: confirmedDead }),
        },
        ...(version !== null && { resourceVersion: version }),
      },
      data: { [FIELD]: JSON.stringify(stored) },
    };
  }

  /** Makes the namespace as well, the first time. */
  private async create(object: KubeObject): Promise<Result<KubeObject, KubeRefusal>> {
    const created = await this.kube.create(object);
    if (created.ok || created.error.code !== 'kube/not_found') return created;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } };
    const made = await this.kube.create(namespace);
    if (!made.ok && made.error.code !== 'kube/already_exists') {
      throw unusable(`create Namespace ${this.namespace}`, made.error);
    }
    return this.kube.create(object);
  }
}

const LONGEST_PREFIX = 40;

/** Readable where there is room, and unique by a hash of the whole. */
export function ledgerName({ namespace, releaseName }: ReleaseRef): string {
  const readable = `${releaseName}-${namespace}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  const hash = sha256Hex(`${namespace}/${releaseName}`).slice(0, 16);
  return `apollo-ledger-${readable.slice(0, LONGEST_PREFIX)}-${hash}`;
}

/** Of which release a ledger is, by what it says itself; its name may be cut. */
function releaseIn({ metadata }: KubeObject): ReleaseRef | null {
  const [namespace = '', releaseName = '', ...more] =
    metadata.annotations?.[RELEASE]?.split('/') ?? [];
  if (namespace === '' || releaseName === '' || more.length > 0) return null;
  return { namespace, releaseName };
}

function entryFrom(release: ReleaseRef, object: KubeObject): LedgerEntry {
  const stored = storedIn(object);
  if (!stored.ok) throw stored.error;
  return entryOf(release, object, stored.value);
}

function entryOf(
  release: ReleaseRef,
  object: KubeObject,
  stored: Static<typeof Stored>,
): LedgerEntry {
  return {
    release,
    ...stored,
    confirmedDead: object.metadata.annotations?.[CONFIRMED_DEAD] ?? null,
    version: object.metadata.resourceVersion ?? null,
  };
}

function storedIn(object: KubeObject): Result<Static<typeof Stored>, LedgerUnusable> {
  const data = object['data'];
  const text =
    typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[FIELD] : null;
  let stored: unknown;
  try {
    stored = JSON.parse(typeof text === 'string' ? text : '');
  } catch (error) {
    return err(unreadable(object, error));
  }
  if (storedCheck.Check(stored)) return ok(stored);
  return err(unreadable(object, storedCheck.Errors(stored)[0]?.message));
}

function unreadable({ metadata }: KubeObject, cause: unknown): LedgerUnusable {
  const where = `ConfigMap ${metadata.namespace}/${metadata.name}`;
  return new LedgerUnusable(
    `the ledger in ${where} cannot be read; restore it, or delete it once you know that no plan ` +
      'for this release is half done',
    { cause },
  );
}

function unusable(what: string, refusal: KubeRefusal): LedgerUnusable {
  return new LedgerUnusable(
    `the cluster refused to ${what}: ${refusal.message}; give the spoke's account that right`,
    { cause: refusal },
  );
}
