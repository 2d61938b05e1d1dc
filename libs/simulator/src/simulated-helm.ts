import {
  InProcessHelm,
  type HelmCommand,
  type HelmRender,
  type HelmRun,
  type HelmRunner,
  type HelmRunOptions,
  type HelmVersion,
  type InProcessChart,
  type RenderRefusal,
} from '@apollo-deploy/helm';
import type { Json, Result } from '@apollo-deploy/kernel';
import type { KubeApi, Timer } from '@apollo-deploy/kube';

export interface SimulatedHelmOptions {
  readonly kube: KubeApi;
  readonly chart: (path: string) => Promise<InProcessChart | null>;
  readonly clock: { now(): Date };
  readonly timer: Timer;
  /** How long a command takes, in milliseconds. */
  readonly commandMs: (command: HelmCommand) => number;
}

/** As many as Helm keeps unless told otherwise. */
const HISTORY_MAX = 10;

/** Helm's effects on a simulated cluster. No process is started; a command takes its time all the same. */
export class SimulatedHelm implements HelmRunner {
  /** The Helm whose effects these are. */
  readonly version: HelmVersion = { major: 4, minor: 3, patch: 1 };
  private readonly helm: InProcessHelm;
  private commands = 0;

  constructor(private readonly options: SimulatedHelmOptions) {
    const { kube, chart, clock } = options;
    const now = (): Date => clock.now();
    this.helm = new InProcessHelm({ kube, chart, now, historyMax: HISTORY_MAX });
  }

  async run(command: HelmCommand, { onStart }: HelmRunOptions): Promise<HelmRun> {
    const { clock, timer, commandMs } = this.options;
    this.commands += 1;
    onStart?.({ pid: this.commands });
    const startedAt = clock.now();
    await new Promise<void>((resolve) => timer.after(commandMs(command), resolve));
    const failure = await this.helm.execute(command, false);
    return {
      exitCode: failure === null ? 0 : 1,
      signal: null,
      stdoutTail: '',
      stderrTail: failure === null ? '' : `Error: ${failure}\n`,
      startedAt,
      endedAt: clock.now(),
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
}
