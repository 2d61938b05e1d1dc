import { err, ok, type Json, type Result } from '@apollo-deploy/kernel';
import type { KubeApi, KubeObject } from '@apollo-deploy/kube';
import type { HelmCommand, HelmRender, HelmValues } from '../helm-command.js';
import type { RenderRefusal } from '../helm-runner.js';
import { RELEASE_SECRET_KIND } from '../release-reader.js';
import { decodePayload, encodePayload, type ReleasePayload } from '../release-codec.js';
import { planDescription } from '../release-operation.js';
import { PLAN_LABEL } from '../release-record.js';
import { inZone, removalOffset } from '../removal-mark.js';

/** A chart without templates: what it renders to is computed. */
export interface InProcessChart {
  readonly name: string;
  readonly version: string;
  /** Has to answer the same for the same values and release. */
  readonly render: (
    values: HelmValues,
    target: { readonly release: string; readonly namespace: string },
  ) => readonly KubeObject[];
  /** The apply of its objects fails. */
  readonly invalid?: boolean;
  /** What the API server says to its release record, so that none is written. */
  readonly refusedBy?: string;
  /** It has a folder of definitions. They are named only, and never made. */
  readonly crds?: boolean;
  /** What is in its folder of definitions, as YAML: kept in the record, and never made. */
  readonly definitions?: string;
  /** Its hooks: named in the record, and run in name only. */
  readonly hookEvents?: readonly string[];
}

export interface InProcessHelmOptions {
  readonly kube: KubeApi;
  /** The chart at a path; null if there is none. */
  readonly chart: (path: string) => Promise<InProcessChart | null>;
  readonly now: () => Date;
  /** How many revisions are kept of a release; all of them if not given. */
  readonly historyMax?: number;
}

/** What a command that died half-way says. */
export const CUT = 'killed';

interface Stored {
  readonly secret: KubeObject;
  readonly payload: ReleasePayload;
  readonly revision: number;
  readonly status: string;
}

const PENDING = {
  install: { status: 'pending-install', description: 'Initial install underway' },
  upgrade: { status: 'pending-upgrade', description: 'Preparing upgrade' },
} as const;

/**
 * Helm's effects without Helm: real release Secrets and the charts' objects, in whatever `KubeApi` it
 * is given. Follows Helm 4 as far as the runner contract goes; runs no hooks.
 */
export class InProcessHelm {
  constructor(private readonly options: InProcessHelmOptions) {}

  async render(request: HelmRender): Promise<Result<string, RenderRefusal>> {
    const chart = await this.options.chart(request.chartPath);
    if (chart === null) return err({ code: 'helm/render_failed', message: 'chart not found' });
    return ok(manifestOf(chart.render(request.values, request)));
  }

  async bringsCrds(chartPath: string): Promise<boolean> {
    return (await this.options.chart(chartPath))?.crds === true;
  }

  /**
   * Does what Helm would do; null on success, else what Helm would say. `cut`: it dies once the
   * release is pending, and says nothing.
   */
  async execute(command: HelmCommand, cut: boolean): Promise<string | null> {
    const history = await this.history(command);
    switch (command.verb) {
      case 'install':
        return history.length > 0
          ? 'INSTALLATION FAILED: cannot reuse a name that is still in use'
          : this.revise(command, history, cut);
      case 'upgrade':
        return upgradeRefusal(command.release, history) ?? this.revise(command, history, cut);
      case 'rollback':
        return this.rollback(command, history, cut);
      case 'uninstall':
        return this.uninstall(command, history, cut);
    }
  }

  private async revise(
    command: Extract<HelmCommand, { verb: 'install' | 'upgrade' }>,
    history: readonly Stored[],
    cut: boolean,
  ): Promise<string | null> {
    const chart = await this.options.chart(command.chartPath);
    if (chart === null) return `path "${command.chartPath}" not found`;
    if (chart.refusedBy !== undefined) return `${failureOf(command.verb)}: ${chart.refusedBy}`;
    const objects = chart.render(command.values, command);
    const created = await this.write(command, history, {
      ...PENDING[command.verb],
      labels: { ...userLabels(history.at(-1)), [PLAN_LABEL]: command.planId },
      content: {
        config: command.values,
        chart: {
          metadata: { name: chart.name, version: chart.version },
          files: filesOf(chart),
        },
        manifest: manifestOf(objects),
        hooks: (chart.hookEvents ?? []).map((event) => ({
          name: `${command.release}-${event}`,
          kind: 'Job',
          events: [event],
        })),
      },
    });
    if (created === null) return `${failureOf(command.verb)}: release: already exists`;
    if (cut) return CUT;
    const force = command.verb === 'upgrade' && command.forceConflicts;
    const failure =
      chart.invalid === true ? 'invalid object' : await this.apply(command, objects, force);
    const done = planDescription(command.planId, command.verb);
    return this.finish(created, history, { failure, done, verb: command.verb });
  }

  private async rollback(
    command: Extract<HelmCommand, { verb: 'rollback' }>,
    history: readonly Stored[],
    cut: boolean,
  ): Promise<string | null> {
    const target = history.find(({ revision }) => revision === command.revision);
    if (history.length === 0) return 'release: not found';
    if (target === undefined) return `release has no ${String(command.revision)} version`;
    const { config, chart, manifest, hooks } = target.payload;
    const description = planDescription(command.planId, 'rollback');
    const created = await this.write(command, history, {
      status: 'pending-rollback',
      description,
      labels: userLabels(target),
      rollbackRevision: command.revision,
      content: { config, chart, manifest, hooks },
    });
    if (created === null) return 'release: already exists';
    if (cut) return CUT;
    const objects = parseManifest(manifest);
    const failure = await this.apply(command, objects, command.forceConflicts);
    return this.finish(created, history, { failure, done: description, verb: 'rollback' });
  }

  private async uninstall(
    command: HelmCommand,
    history: readonly Stored[],
    cut: boolean,
  ): Promise<string | null> {
    const head = history.at(-1);
    if (head === undefined)
      return `uninstall: Release not loaded: ${command.release}: release: not found`;
    await this.restate(head, {
      status: 'uninstalling',
      description: 'Deletion in progress (or silently failed)',
      deleted: inZone(this.options.now(), removalOffset(command.planId)),
    });
    if (cut) return CUT;
    for (const object of parseManifest(head.payload['manifest'])) {
      await this.options.kube.delete(inNamespace(object, command.namespace));
    }
    for (const { secret } of history) await this.options.kube.delete(refOfSecret(secret));
    return null;
  }

  private async finish(
    created: Stored,
    history: readonly Stored[],
    end: { readonly failure: string | null; readonly done: string; readonly verb: string },
  ): Promise<string | null> {
    if (end.failure !== null) {
      const name = created.secret.metadata.labels?.['name'] ?? '';
      const what =
        end.verb === 'install' ? 'Release' : end.verb === 'upgrade' ? 'Upgrade' : 'Rollback';
      const description = `${what} "${name}" failed: ${end.failure}`;
      await this.restate(created, { status: 'failed', description });
      return `${failureOf(end.verb)}: ${end.failure}`;
    }
    for (const older of history) {
      if (older.status === 'deployed') await this.restate(older, { status: 'superseded' });
    }
    await this.restate(created, { status: 'deployed', description: end.done });
    await this.prune(history);
    return null;
  }

  /** Helm keeps so many revisions, the newest counted. */
  private async prune(older: readonly Stored[]): Promise<void> {
    const { historyMax } = this.options;
    if (historyMax === undefined) return;
    for (const { secret } of older.slice(0, Math.max(older.length + 1 - historyMax, 0))) {
      await this.options.kube.delete(refOfSecret(secret));
    }
  }

  private async apply(
    command: HelmCommand,
    objects: readonly KubeObject[],
    force: boolean,
  ): Promise<string | null> {
    for (const object of objects) {
      const { name } = object.metadata;
      const placed = { ...object, metadata: ownedMetadata(object, command) };
      const applied = await this.options.kube.apply(placed, { fieldManager: 'helm', force });
      if (!applied.ok) {
        return `conflict occurred while applying object ${command.namespace}/${name}: ${applied.error.message}`;
      }
    }
    return null;
  }

  private async history({ release, namespace }: HelmCommand): Promise<Stored[]> {
    const labelSelector = `owner=helm,name=${release}`;
    const listed = await this.options.kube.list(RELEASE_SECRET_KIND, { namespace, labelSelector });
    if (!listed.ok) throw new Error(listed.error.message);
    return listed.value.items.map(storedOf).sort((a, b) => a.revision - b.revision);
  }

  private async write(
    command: HelmCommand,
    history: readonly Stored[],
    revision: {
      readonly status: string;
      readonly description: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly content: ReleasePayload;
      readonly rollbackRevision?: number;
    },
  ): Promise<Stored | null> {
    const { release, namespace } = command;
    const number = (history.at(-1)?.revision ?? 0) + 1;
    const now = this.options.now().toISOString();
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
    const created = await this.options.kube.create({
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
  private async restate(
    stored: Stored,
    change: { readonly status: string; readonly description?: string; readonly deleted?: string },
  ): Promise<void> {
    const current = await this.options.kube.get(refOfSecret(stored.secret));
    if (!current.ok) return;
    const { secret, payload } = storedOf(current.value);
    const { status } = change;
    const info = { ...(payload['info'] as HelmValues), ...change };
    await this.options.kube.replace({
      ...secret,
      metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, status } },
      data: { release: encodePayload({ ...payload, info }) },
    });
  }
}

/** Helm marks what it applies as the release's, which is not in the manifest. */
function ownedMetadata({ metadata }: KubeObject, target: HelmCommand): KubeObject['metadata'] {
  return {
    ...metadata,
    namespace: target.namespace,
    labels: { ...metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: {
      ...metadata.annotations,
      'meta.helm.sh/release-name': target.release,
      'meta.helm.sh/release-namespace': target.namespace,
    },
  };
}

function upgradeRefusal(release: string, history: readonly Stored[]): string | null {
  const head = history.at(-1);
  if (head?.status.startsWith('pending-') === true) {
    return 'UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress';
  }
  return head === undefined || head.status.startsWith('uninstall')
    ? `UPGRADE FAILED: "${release}" has no deployed releases`
    : null;
}

function failureOf(verb: string): string {
  return verb === 'install' ? 'INSTALLATION FAILED' : 'UPGRADE FAILED';
}

function storedOf(secret: KubeObject): Stored {
  const decoded = decodePayload(secret);
  if (!decoded.ok) throw new Error(decoded.error.message);
  const { status = '', version } = secret.metadata.labels ?? {};
  return { secret, payload: decoded.value, revision: Number(version), status };
}

function userLabels(stored: Stored | undefined): Record<string, string> {
  const system = ['owner', 'name', 'status', 'version'];
  const labels = Object.entries(stored?.secret.metadata.labels ?? {});
  return Object.fromEntries(labels.filter(([name]) => !system.includes(name)));
}

function manifestOf(objects: readonly KubeObject[]): string {
  return objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('');
}

function parseManifest(manifest: Json | undefined): KubeObject[] {
  if (typeof manifest !== 'string') return [];
  return manifest
    .split('---\n')
    .filter((text) => text.trim() !== '')
    .map((text) => JSON.parse(text) as KubeObject);
}

function inNamespace(object: KubeObject, namespace: string) {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, namespace, name: metadata.name };
}

function refOfSecret({ metadata }: KubeObject) {
  const { name, namespace = '' } = metadata;
  return { ...RELEASE_SECRET_KIND, namespace, name };
}

function filesOf({ definitions }: InProcessChart): Json {
  if (definitions === undefined) return [];
  return [{ name: 'crds/all.yaml', data: Buffer.from(definitions).toString('base64') }];
}
