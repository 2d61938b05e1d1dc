import { err, ok, type Json, type Result } from '@apollo-deploy/kernel';
import type { KubeApi, KubeObject } from '@apollo-deploy/kube';
import type { HelmCommand, HelmRender, HelmValues } from '../helm-command.js';
import type { RenderRefusal } from '../helm-runner.js';
import { planDescription } from '../release-operation.js';
import { PLAN_LABEL } from '../release-record.js';
import { inZone, removalOffset } from '../removal-mark.js';
import { ReleaseSecrets, type StoredRelease, userLabels } from './release-secrets.js';

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

const PENDING = {
  install: { status: 'pending-install', description: 'Initial install underway' },
  upgrade: { status: 'pending-upgrade', description: 'Preparing upgrade' },
} as const;

/**
 * Helm's effects without Helm: real release Secrets and the charts' objects, in whatever `KubeApi` it
 * is given. Follows Helm 4 as far as the runner contract goes; runs no hooks.
 */
export class InProcessHelm {
  private readonly secrets: ReleaseSecrets;

  constructor(private readonly options: InProcessHelmOptions) {
    this.secrets = new ReleaseSecrets(options.kube, options.now);
  }

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
    const history = await this.secrets.of(command);
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
    history: readonly StoredRelease[],
    cut: boolean,
  ): Promise<string | null> {
    const chart = await this.options.chart(command.chartPath);
    if (chart === null) return `path "${command.chartPath}" not found`;
    if (chart.refusedBy !== undefined) return `${failureOf(command.verb)}: ${chart.refusedBy}`;
    const objects = chart.render(command.values, command);
    const created = await this.secrets.write(command, history, {
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
    history: readonly StoredRelease[],
    cut: boolean,
  ): Promise<string | null> {
    const target = history.find(({ revision }) => revision === command.revision);
    if (history.length === 0) return 'release: not found';
    if (target === undefined) return `release has no ${String(command.revision)} version`;
    const { config, chart, manifest, hooks } = target.payload;
    const description = planDescription(command.planId, 'rollback');
    const created = await this.secrets.write(command, history, {
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
    history: readonly StoredRelease[],
    cut: boolean,
  ): Promise<string | null> {
    const head = history.at(-1);
    if (head === undefined)
      return `uninstall: Release not loaded: ${command.release}: release: not found`;
    await this.secrets.restate(head, {
      status: 'uninstalling',
      description: 'Deletion in progress (or silently failed)',
      deleted: inZone(this.options.now(), removalOffset(command.planId)),
    });
    if (cut) return CUT;
    for (const object of parseManifest(head.payload['manifest'])) {
      await this.options.kube.delete(inNamespace(object, command.namespace));
    }
    await this.secrets.forget(history);
    return null;
  }

  private async finish(
    created: StoredRelease,
    history: readonly StoredRelease[],
    end: { readonly failure: string | null; readonly done: string; readonly verb: string },
  ): Promise<string | null> {
    if (end.failure !== null) {
      const name = created.secret.metadata.labels?.['name'] ?? '';
      const what =
        end.verb === 'install' ? 'Release' : end.verb === 'upgrade' ? 'Upgrade' : 'Rollback';
      const description = `${what} "${name}" failed: ${end.failure}`;
      await this.secrets.restate(created, { status: 'failed', description });
      return `${failureOf(end.verb)}: ${end.failure}`;
    }
    for (const older of history) {
      if (older.status === 'deployed') await this.secrets.restate(older, { status: 'superseded' });
    }
    await this.secrets.restate(created, { status: 'deployed', description: end.done });
    const { historyMax } = this.options;
    if (historyMax !== undefined) await this.secrets.prune(history, historyMax);
    return null;
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

function upgradeRefusal(release: string, history: readonly StoredRelease[]): string | null {
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

function filesOf({ definitions }: InProcessChart): Json {
  if (definitions === undefined) return [];
  return [{ name: 'crds/all.yaml', data: Buffer.from(definitions).toString('base64') }];
}
