import { parseJson, sha256Hex } from '@apollo-deploy/kernel';
import type { KubeApi, KubeObject, KubeRefusal } from '@apollo-deploy/kube';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { ensureNamespace } from '../execution/ensure-namespace.js';
import { Contradiction, KeptHead, type KeptHeads } from './kept-heads.js';

/** The heads cannot be read or written as things are in the cluster; a person has to do what the message says. */
class HeadsUnusable extends Error {
  override readonly name = 'HeadsUnusable';
  /** True: they are read anew with the next head. */
  readonly retryable = true;
}

interface StoredHeads {
  readonly kept: KeptHeads | null;
  /** Of the object that they were read from; null: there was none. */
  readonly version: string | null;
}

interface ConfigMapHeadsOptions {
  readonly kube: KubeApi;
  /** The spoke's own. */
  readonly namespace: string;
  /** The id of the hub that the spoke has joined. */
  readonly hub: () => Promise<string>;
}

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const MARK = 'apollo.dev/audit-heads';
const HUB = 'apollo.dev/hub';
const NEWEST = 'newest';
const CONTRADICTED = 'contradicted';
const MaybeContradiction = Type.Union([Contradiction, Type.Null()]);
const Days = Type.Record(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }), KeptHead);

/** Heads of the audit trail of one hub, in a ConfigMap of the spoke's own namespace. */
export class ConfigMapHeads {
  constructor(private readonly options: ConfigMapHeadsOptions) {}

  /** Where they are kept, for people. */
  async place(): Promise<string> {
    return `ConfigMap ${this.options.namespace}/${headsName(await this.options.hub())}`;
  }

  /** Throws `HeadsUnusable`, or `KubeUnavailable` where the cluster does not answer. */
  async read(): Promise<StoredHeads> {
    const { kube, namespace, hub } = this.options;
    const found = await kube.get({ ...CONFIG_MAP, namespace, name: headsName(await hub()) });
    if (found.ok) {
      const version = found.value.metadata.resourceVersion ?? null;
      return { kept: await this.keptIn(found.value), version };
    }
    if (found.error.code === 'kube/not_found') return { kept: null, version: null };
    throw await this.refused('read', found.error);
  }

  /**
   * Stores them in place of the version that was read. False: somebody else has written meanwhile, and
   * nothing was stored. Throws as `read` does.
   */
  async write({ kept, version }: StoredHeads & { readonly kept: KeptHeads }): Promise<boolean> {
    const { kube } = this.options;
    const object = await this.configMap(kept, version);
    const written = version === null ? await this.create(object) : await kube.replace(object);
    if (written.ok) return true;
    switch (written.error.code) {
      case 'kube/already_exists':
      case 'kube/version_conflict':
      case 'kube/not_found':
        return false;
      default:
        throw await this.refused('write', written.error);
    }
  }

  /** Makes the namespace as well, the first time. */
  private async create(object: KubeObject): ReturnType<KubeApi['create']> {
    const { kube, namespace } = this.options;
    const created = await kube.create(object);
    if (created.ok || created.error.code !== 'kube/not_found') return created;
    const why = await ensureNamespace(kube, namespace);
    if (why !== null) throw new HeadsUnusable(why);
    return kube.create(object);
  }

  private async configMap(
    { newest, days, contradiction }: KeptHeads,
    version: string | null,
  ): Promise<KubeObject> {
    const hub = await this.options.hub();
    const kept = {
      ...days,
      [NEWEST]: newest,
      ...(contradiction !== undefined && { [CONTRADICTED]: contradiction }),
    };
    const texts = Object.entries(kept).map(([key, value]) => [key, JSON.stringify(value)] as const);
    return {
      ...CONFIG_MAP,
      metadata: {
        namespace: this.options.namespace,
        name: headsName(hub),
        labels: { 'app.kubernetes.io/managed-by': 'apollo-spoke', [MARK]: 'hub' },
        annotations: { [HUB]: hub },
        ...(version !== null && { resourceVersion: version }),
      },
      data: Object.fromEntries(texts),
    };
  }

  private async keptIn(object: KubeObject): Promise<KeptHeads> {
    const values = valuesIn(object['data']);
    const { [NEWEST]: newest, [CONTRADICTED]: contradiction = null, ...days } = values;
    const isReadable =
      Value.Check(KeptHead, newest) &&
      Value.Check(Days, days) &&
      Value.Check(MaybeContradiction, contradiction);
    if (isReadable) return { newest, days, ...(contradiction !== null && { contradiction }) };
    throw new HeadsUnusable(
      `${await this.place()} does not hold heads of the audit trail any more; find out who has changed it, and delete it to have them kept anew`,
    );
  }

  private async refused(what: 'read' | 'write', refusal: KubeRefusal): Promise<HeadsUnusable> {
    return new HeadsUnusable(
      `the cluster refused to ${what} ${await this.place()}: ${refusal.message}; give the spoke's account that right`,
      { cause: refusal },
    );
  }
}

/** One name a hub: heads of another one have nothing to do with these. */
function headsName(hub: string): string {
  return `apollo-audit-heads-${sha256Hex(hub).slice(0, 16)}`;
}

function valuesIn(data: unknown): Readonly<Record<string, unknown>> {
  if (typeof data !== 'object' || data === null) return {};
  return Object.fromEntries(
    // What is no JSON stays text, which is none of the things that are kept.
    Object.entries(data).map(([key, text]) => [key, parseJson(text as string) ?? text]),
  );
}
