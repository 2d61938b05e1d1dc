import type { Result } from '@apollo-deploy/kernel';
import type { WatchEvent } from '@apollo-deploy/kube';
import { EventRecorder } from '@apollo-deploy/kube/testing';
import { commandOf } from '../command-of.js';
import { HelmChartOperator, type OperateOptions } from '../helm-chart-operator.js';
import type { HelmValues } from '../helm-command.js';
import type { HelmReport } from '../helm-report.js';
import type { HelmRunOptions } from '../helm-runner.js';
import { observeRelease } from '../observe-release.js';
import type { PreflightReport } from '../check-objects.js';
import { preflight, type PreflightRefusal } from '../preflight.js';
import { RELEASE_SECRET_KIND, ReleaseReader } from '../release-reader.js';
import type {
  ChartArchive,
  InstallOperation,
  ReleaseBase,
  ReleaseOperation,
  RollbackOperation,
  UninstallOperation,
  UpgradeOperation,
} from '../release-operation.js';
import { headOf, underlyingState, type ReleaseState } from '../release-state.js';
import type { HelmBench } from './helm-cluster-bench.js';

const NONE: ReleaseBase = { revision: 0, secretUid: null };
const HOOK_TIMEOUT_MS = 30_000;

const CONFIG = [
  'apiVersion: v1',
  'kind: ConfigMap',
  'metadata: {name: web}',
  'data: {text: {{ .Values.text | default "default" | quote }}, version: {{ .Chart.Version }}}',
].join('\n');

/** A Job `work`; how it goes is in words of the local cluster's pods. */
export function jobManifest(
  image: string,
  annotations: Readonly<Record<string, string>> = {},
  behaviour = '',
): string {
  return JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', annotations },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { annotations: behaviour === '' ? {} : { 'apollo.dev/behaviour': behaviour } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] },
      },
    },
  });
}

/** A hook that runs until it is killed, unless told to end. */
export function hookManifest(event: string, behaviour = ''): string {
  return jobManifest('example.com/hook:1', { 'helm.sh/hook': event }, behaviour);
}

/**
 * A release `web` of real Helm in one namespace, and what plans and third parties do to it. Every
 * chart made is a version newer: a ConfigMap `web` with the value `text` and the chart's version.
 */
export class OperatorBench {
  private versions = 0;

  constructor(readonly open: HelmBench) {}

  /** The same release in the hands of another account. */
  as(open: HelmBench): OperatorBench {
    const other = new OperatorBench(open);
    other.versions = this.versions;
    return other;
  }

  async chart(files: Readonly<Record<string, string>> = {}, name = 'web'): Promise<ChartArchive> {
    this.versions += 1;
    const version = `${String(this.versions)}.0.0`;
    const templates = { 'templates/config.yaml': CONFIG, ...files };
    const path = await this.open.packChart({ name, version, files: templates });
    return { path, name, version };
  }

  install(planId: string, chart: ChartArchive, values: HelmValues = {}): InstallOperation {
    return { type: 'install', ...this.target(planId, NONE), chart, values };
  }

  async upgrade(
    planId: string,
    chart: ChartArchive,
    values: HelmValues = {},
  ): Promise<UpgradeOperation> {
    return { type: 'upgrade', ...this.target(planId, await this.base()), chart, values };
  }

  async rollback(planId: string, revision: number): Promise<RollbackOperation> {
    return { type: 'rollback', ...this.target(planId, await this.base()), revision };
  }

  async uninstall(planId: string): Promise<UninstallOperation> {
    return { type: 'uninstall', ...this.target(planId, await this.base()) };
  }

  operate(operation: ReleaseOperation, options: Partial<OperateOptions> = {}): Promise<HelmReport> {
    return new HelmChartOperator(this.open).operate(operation, {
      abort: new AbortController().signal,
      totalDeadlineMs: 60_000,
      hookTimeoutMs: HOOK_TIMEOUT_MS,
      deadHolder: null,
      ...options,
    });
  }

  /** What is found out about an operation beforehand. */
  async preflight(operation: ReleaseOperation): Promise<Result<PreflightReport, PreflightRefusal>> {
    const reader = new ReleaseReader(this.open.kube);
    return preflight({ ...this.open, reader }, { operation, state: await this.observe() });
  }

  /** `code: message` of what would stop an operation; of Helm itself, where it cannot render. */
  async obstacles(operation: ReleaseOperation): Promise<readonly string[]> {
    const report = await this.preflight(operation);
    if (!report.ok) return [`${report.error.code}: ${report.error.message}`];
    return report.value.findings
      .filter(({ severity }) => severity === 'blocking')
      .map(({ code, message }) => `${code}: ${message}`);
  }

  observe(): Promise<ReleaseState> {
    return observeRelease(this.open.kube, this.target('', NONE));
  }

  async base(): Promise<ReleaseBase> {
    const head = headOf(await this.observe());
    return head === null ? NONE : { revision: head.revision, secretUid: head.secretUid };
  }

  /** `1 superseded`, `2 deployed` … */
  async history(): Promise<readonly string[]> {
    return (underlyingState(await this.observe())?.history ?? []).map(
      ({ revision, status }) => `${String(revision)} ${status}`,
    );
  }

  /** The data of the ConfigMap `web`, or why it cannot be read. */
  async data(): Promise<unknown> {
    const { namespace } = this.open;
    const got = await this.open.kube.get({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'web' },
    });
    return got.ok ? got.value['data'] : got.error.code;
  }

  /** Carries an operation out and kills its helm as soon as the release has this status. */
  async killedWhen(status: string, operation: ReleaseOperation): Promise<HelmReport> {
    const pids = new EventRecorder<number>();
    const running = this.operate(operation, { onProcess: ({ pid }) => pids.record(pid) });
    await this.kill(status, await pids.next());
    return running;
  }

  /** The same where nobody is left to look after the release: the spoke died with its helm. */
  async leftBehind(status: string, operation: ReleaseOperation): Promise<void> {
    const pids = new EventRecorder<number>();
    const running = this.runHelm(operation, { onStart: ({ pid }) => pids.record(pid) });
    await this.kill(status, await pids.next());
    await running;
  }

  /** Runs the helm command of an operation as a third party would: without looking. */
  async runHelm(
    operation: ReleaseOperation,
    options: Partial<HelmRunOptions> = {},
  ): Promise<string> {
    const command = commandOf(operation, headOf(await this.observe()), {
      hookTimeoutMs: HOOK_TIMEOUT_MS,
    });
    const run = await this.open.helm.run(command, {
      totalDeadlineMs: 60_000,
      abort: new AbortController().signal,
      ...options,
    });
    return run.stderrTail;
  }

  /** Resolves once a revision of this status is there. */
  async secretWith(status: string): Promise<void> {
    const { kube, namespace } = this.open;
    const labelSelector = `owner=helm,status=${status}`;
    const selection = { namespace, labelSelector, metadataOnly: true };
    const listed = await kube.list(RELEASE_SECRET_KIND, selection);
    if (!listed.ok) throw new Error(listed.error.message);
    if (listed.value.items.length > 0) return;
    const { resourceVersion } = listed.value;
    const seen = new EventRecorder<WatchEvent>();
    const watch = kube.watch(RELEASE_SECRET_KIND, { ...selection, resourceVersion }, seen.record);
    await seen.next(({ type }) => type === 'added' || type === 'modified');
    watch.stop();
  }

  private async kill(status: string, pid: number): Promise<void> {
    await this.secretWith(status);
    process.kill(-pid, 'SIGKILL');
  }

  private target(planId: string, base: ReleaseBase) {
    return { planId, base, release: 'web', namespace: this.open.namespace };
  }
}
