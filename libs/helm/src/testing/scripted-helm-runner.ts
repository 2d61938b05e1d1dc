import { setImmediate as nextTurn } from 'node:timers/promises';
import { err, ok, type Json, type Result } from '@apollo-deploy/kernel';
import type { KubeApi, KubeObject } from '@apollo-deploy/kube';
import type { HelmCommand, HelmRender, HelmValues } from '../helm-command.js';
import type { HelmRun, HelmRunner, HelmRunOptions, RenderRefusal } from '../helm-runner.js';
import type { HelmVersion } from '../helm-version.js';
import { RELEASE_SECRET_KIND } from '../observe-release.js';
import { decodePayload, encodePayload, type ReleasePayload } from '../release-codec.js';
import { rollbackDescription } from '../release-operation.js';
import { PLAN_LABEL } from '../release-record.js';

/** A chart as the scripted runner knows it: what it renders to, and what goes wrong with it. */
export interface ScriptedChart {
  readonly name: string;
  readonly version: string;
  readonly render: (values: HelmValues) => readonly KubeObject[];
  /** The apply of its objects fails. */
  readonly invalid?: boolean;
  /** Its hooks: named in the record, and run in name only. */
  readonly hookEvents?: readonly string[];
}

/**
 * How a run goes. `killed`: by SIGKILL once its record is pending; `killed_early`: before it has
 * written anything; `misreported`: done, but says no.
 */
export type ScriptedFate = 'normal' | 'killed' | 'killed_early' | 'unreachable' | 'misreported';

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
export class ScriptedHelmRunner implements HelmRunner {
  readonly version: HelmVersion = { major: 4, minor: 3, patch: 1 };
  /** Every command that was run. */
  readonly commands: HelmCommand[] = [];
  private readonly charts = new Map<string, ScriptedChart>();
  private readonly fates: ScriptedFate[] = [];
  /** False while a command runs. */
  idle = true;
  private beforeRun: (() => Promise<void>) | null = null;

  constructor(private readonly kube: KubeApi) {}

  /** Makes a chart available under a path. */
  addChart(chart: ScriptedChart, path = `${chart.name}-${chart.version}.tgz`): string {
    this.charts.set(path, chart);
    return path;
  }

  /** The next run goes like this; later ones normally. */
  nextRun(fate: ScriptedFate): void {
    this.fates.push(fate);
  }

  /** Something that happens after the next command was started and before it reads anything. */
  interfereOnce(act: () => Promise<void>): void {
    this.beforeRun = act;
  }

  async run(command: HelmCommand, options: HelmRunOptions): Promise<HelmRun> {
    this.commands.push(command);
    options.onStart?.({ pid: 1 });
    const startedAt = new Date();
    await nextTurn();
    const interfere = this.beforeRun;
    this.beforeRun = null;
    await interfere?.();
    const fate = this.fates.shift() ?? 'normal';
    this.idle = false;
    const effect = await this.effect(command, fate);
    const failure = fate === 'misreported' ? 'context canceled' : effect;
    this.idle = true;
    const killed = failure === 'killed';
    return {
      exitCode: killed ? null : failure === null ? 0 : 1,
      signal: killed ? 'SIGKILL' : null,
      stdoutTail: '',
      stderrTail: killed || failure === null ? '' : `Error: ${failure}\n`,
      startedAt,
      endedAt: new Date(),
      timedOut: false,
    };
  }

  render(request: HelmRender): Promise<Result<string, RenderRefusal>> {
    const chart = this.charts.get(request.chartPath);
    if (chart === undefined) {
      return Promise.resolve(err({ code: 'helm/render_failed', message: 'chart not found' }));
    }
    return Promise.resolve(ok(manifestOf(chart.render(request.values))));
  }

  /** Null on success, else what Helm would say. */
  private async effect(command: HelmCommand, fate: ScriptedFate): Promise<string | null> {
    if (fate === 'killed_early') return 'killed';
    if (fate === 'unreachable') return 'kubernetes cluster unreachable: connection refused';
    const history = await this.history(command);
    switch (command.verb) {
      case 'install':
        return history.length > 0
          ? 'INSTALLATION FAILED: cannot reuse a name that is still in use'
          : this.revise(command, history, fate);
      case 'upgrade':
        return upgradeRefusal(command.release, history) ?? this.revise(command, history, fate);
      case 'rollback':
        return this.rollback(command, history, fate);
      case 'uninstall':
        return this.uninstall(command, history, fate);
    }
  }

  private async revise(
    command: Extract<HelmCommand, { verb: 'install' | 'upgrade' }>,
    history: readonly Stored[],
    fate: ScriptedFate,
  ): Promise<string | null> {
    const chart = this.charts.get(command.chartPath);
    if (chart === undefined) return `path "${command.chartPath}" not found`;
    const objects = chart.render(command.values);
    const created = await this.write(command, history, {
      ...PENDING[command.verb],
      labels: { ...userLabels(history.at(-1)), [PLAN_LABEL]: command.planId },
      content: {
        config: command.values,
        chart: { metadata: { name: chart.name, version: chart.version } },
        manifest: manifestOf(objects),
        hooks: (chart.hookEvents ?? []).map((event) => ({
          name: `${command.release}-${event}`,
          kind: 'Job',
          events: [event],
        })),
      },
    });
    if (created === null) return `${failureOf(command.verb)}: release: already exists`;
    if (fate === 'killed') return 'killed';
    const force = command.verb === 'upgrade' && command.forceConflicts;
    const failure =
      chart.invalid === true ? 'invalid object' : await this.apply(command, objects, force);
    const done = command.verb === 'install' ? 'Install complete' : 'Upgrade complete';
    return this.finish(created, history, { failure, done, verb: command.verb });
  }

  private async rollback(
    command: Extract<HelmCommand, { verb: 'rollback' }>,
    history: readonly Stored[],
    fate: ScriptedFate,
  ): Promise<string | null> {
    const target = history.find(({ revision }) => revision === command.revision);
    if (history.length === 0) return 'release: not found';
    if (target === undefined) return `release has no ${String(command.revision)} version`;
    const { config, chart, manifest, hooks } = target.payload;
    const description = rollbackDescription(command.planId);
    const created = await this.write(command, history, {
      status: 'pending-rollback',
      description,
      labels: userLabels(target),
      rollbackRevision: command.revision,
      content: { config, chart, manifest, hooks },
    });
    if (created === null) return 'release: already exists';
    if (fate === 'killed') return 'killed';
    const objects = parseManifest(manifest);
    const failure = await this.apply(command, objects, command.forceConflicts);
    return this.finish(created, history, { failure, done: description, verb: 'rollback' });
  }

  private async uninstall(
    command: HelmCommand,
    history: readonly Stored[],
    fate: ScriptedFate,
  ): Promise<string | null> {
    const head = history.at(-1);
    if (head === undefined)
      return `uninstall: Release not loaded: ${command.release}: release: not found`;
    const note = 'Deletion in progress (or silently failed)';
    await this.restate(head, 'uninstalling', note);
    if (fate === 'killed') return 'killed';
    for (const object of parseManifest(head.payload['manifest'])) {
      await this.kube.delete(inNamespace(object, command.namespace));
    }
    for (const { secret } of history) await this.kube.delete(refOfSecret(secret));
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
      await this.restate(created, 'failed', `${what} "${name}" failed: ${end.failure}`);
      return `${failureOf(end.verb)}: ${end.failure}`;
    }
    for (const older of history) {
      if (older.status === 'deployed') await this.restate(older, 'superseded', null);
    }
    await this.restate(created, 'deployed', end.done);
    return null;
  }

  private async apply(
    command: HelmCommand,
    objects: readonly KubeObject[],
    force: boolean,
  ): Promise<string | null> {
    for (const object of objects) {
      const { name } = object.metadata;
      const placed = { ...object, metadata: { ...object.metadata, namespace: command.namespace } };
      const applied = await this.kube.apply(placed, { fieldManager: 'helm', force });
      if (!applied.ok) {
        return `conflict occurred while applying object ${command.namespace}/${name}: ${applied.error.message}`;
      }
    }
    return null;
  }

  private async history({ release, namespace }: HelmCommand): Promise<Stored[]> {
    const labelSelector = `owner=helm,name=${release}`;
    const listed = await this.kube.list(RELEASE_SECRET_KIND, { namespace, labelSelector });
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
    const now = '2026-01-01T00:00:00Z';
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
        first_deployed: now,
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
  private async restate(stored: Stored, status: string, description: string | null): Promise<void> {
    const current = await this.kube.get(refOfSecret(stored.secret));
    if (!current.ok) return;
    const { secret, payload } = storedOf(current.value);
    const info = {
      ...(payload['info'] as HelmValues),
      status,
      ...(description !== null && { description }),
    };
    await this.kube.replace({
      ...secret,
      metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, status } },
      data: { release: encodePayload({ ...payload, info }) },
    });
  }
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
