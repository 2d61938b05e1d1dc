import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Json, Result } from '@apollo-deploy/kernel';
import type { KubeApi } from '@apollo-deploy/kube';
import type { HelmCommand, HelmRender } from '../helm-command.js';
import type { HelmRun, HelmRunner, HelmRunOptions, RenderRefusal } from '../helm-runner.js';
import type { HelmVersion } from '../helm-version.js';
import { CUT, InProcessHelm, type InProcessChart } from '../in-process/in-process-helm.js';

/** A chart as the scripted runner knows it: what it renders to, and what goes wrong with it. */
export type ScriptedChart = InProcessChart;

/**
 * How a run goes. `killed`: by SIGKILL once its record is pending; `killed_early`: before it has
 * written anything; `misreported`: done, but says no.
 */
export type ScriptedFate = 'normal' | 'killed' | 'killed_early' | 'unreachable' | 'misreported';

const STANDING_STILL = new Date('2026-01-01T00:00:00Z');

/** Helm in this process, with a fate for each run and a record of all commands. */
export class ScriptedHelmRunner implements HelmRunner {
  readonly version: HelmVersion = { major: 4, minor: 3, patch: 1 };
  /** Every command that was run. */
  readonly commands: HelmCommand[] = [];
  /** How long each of them might take. */
  readonly deadlinesMs: number[] = [];
  private readonly charts = new Map<string, ScriptedChart>();
  private readonly fates: ScriptedFate[] = [];
  /** False while a command runs. */
  idle = true;
  private beforeRun: (() => Promise<void>) | null = null;

  private readonly helm: InProcessHelm;

  constructor(kube: KubeApi) {
    this.helm = new InProcessHelm({
      kube,
      chart: (path) => Promise.resolve(this.charts.get(path) ?? null),
      now: () => STANDING_STILL,
    });
  }

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
    this.deadlinesMs.push(options.totalDeadlineMs);
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
    const killed = failure === CUT;
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
    return this.helm.render(request);
  }

  recordedChart(): Promise<Json> {
    return Promise.resolve({});
  }

  bringsCrds(chartPath: string): Promise<boolean> {
    return this.helm.bringsCrds(chartPath);
  }

  /** Null on success, else what Helm would say. */
  private async effect(command: HelmCommand, fate: ScriptedFate): Promise<string | null> {
    if (fate === 'killed_early') return CUT;
    if (fate === 'unreachable') return 'kubernetes cluster unreachable: connection refused';
    return this.helm.execute(command, fate === 'killed');
  }
}
