import { assertNever, jsonDigest } from '@apollo-deploy/kernel';
import type { KubeApi } from '@apollo-deploy/kube';
import { commandOf, removalOf } from './command-of.js';
import { saysTaken } from './helm-error-text.js';
import type { HelmCommand } from './helm-command.js';
import type { CommandTrace, HelmReport, HelmVerdict, RepairTrace } from './helm-report.js';
import type { HelmRunner } from './helm-runner.js';
import { runsHooks } from './hooks-of-verb.js';
import { nextAction, type HelmAction } from './next-action.js';
import { observeRelease } from './observe-release.js';
import type { ReleaseReader } from './release-reader.js';
import type { ReleaseAsk, ReleaseOperation } from './release-operation.js';
import type { ReleaseRecord } from './release-record.js';
import { headOf, type ReleaseState } from './release-state.js';
import { repairRelease } from './repair-release.js';
import { reportAfterRun } from './report-after-run.js';
import { inLightOf, type Touched } from './touched-before.js';

/** Where an operation is, for progress shown to people. */
export type OperatorPhase = 'observing' | 'repairing' | 'removing' | 'running';

export interface OperateOptions {
  readonly abort: AbortSignal;
  /** For the whole operation, in milliseconds. */
  readonly totalDeadlineMs: number;
  /** Helm's own limit for each hook, in milliseconds. */
  readonly hookTimeoutMs: number;
  /**
   * The resource version of the pending record if the process that wrote it is proven dead, else null:
   * whoever has written since may live.
   */
  readonly deadHolder: string | null;
  readonly onPhase?: (phase: OperatorPhase) => void;
  /** Called with each helm process that is started. */
  readonly onProcess?: (process: { readonly pid: number }) => void;
}

export interface OperatorCollaborators {
  readonly kube: KubeApi;
  readonly helm: HelmRunner;
  /** Default: one of its own for each observation. */
  readonly reader?: ReleaseReader;
  /** Milliseconds on a clock that never goes back. Default: this machine's. */
  readonly monotonicMs?: () => number;
}

/** True if the record is the very one whose writer was proven dead: whoever has written since may live. */
export function isProvenDead(state: ReleaseState, deadHolder: string | null): boolean {
  return deadHolder !== null && headOf(state)?.resourceVersion === deadHolder;
}

/** More than any operation needs: repair, remove and run, each with one lost race. */
const MAX_TURNS = 8;

/**
 * Carries one operation out on one release: observes, decides, runs one command, observes again.
 * What it reports is decided by the release Secrets; exit codes and output are hints for people.
 * At most one revision is made. Whoever calls it holds the release's claim: Helm has no lock that
 * covers rollback and uninstall.
 */
export class HelmChartOperator {
  constructor(private readonly collaborators: OperatorCollaborators) {}

  /** Throws `KubeUnavailable` or `HelmUnavailable`; run it again then, it starts by observing. */
  async operate(operation: ReleaseOperation, options: OperateOptions): Promise<HelmReport> {
    return new Operation(this.collaborators, operation, options).run();
  }
}

class Operation {
  private readonly commands: CommandTrace[] = [];
  private readonly repairs: RepairTrace[] = [];
  private readonly now: () => number;
  private readonly startedAtMs: number;
  private before: ReleaseState = { kind: 'absent' };
  private state: ReleaseState = { kind: 'absent' };
  private ask: ReleaseAsk;
  private removed: Touched['removed'] = null;
  private mayHaveDefined = false;

  constructor(
    private readonly collaborators: OperatorCollaborators,
    private readonly operation: ReleaseOperation,
    private readonly options: OperateOptions,
  ) {
    this.now = collaborators.monotonicMs ?? (() => performance.now());
    this.startedAtMs = this.now();
    this.ask = {
      operation,
      valuesDigest: 'values' in operation ? jsonDigest(operation.values) : '',
      deadHolder: false,
      removed: false,
    };
  }

  async run(): Promise<HelmReport> {
    this.before = this.state = await this.observe();
    const decided = await this.decide();
    const verdict = inLightOf(decided, {
      release: this.operation.release,
      removed: this.removed,
      repairs: this.repairs.filter(({ own }) => !own),
      mayHaveDefined: this.mayHaveDefined,
    });
    const { before, state: after, commands, repairs } = this;
    return { ...verdict, before, after, head: headOf(after), commands, repairs };
  }

  private async decide(): Promise<HelmVerdict> {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      const verdict = await this.take(
        nextAction(this.state, {
          ...this.ask,
          deadHolder: isProvenDead(this.state, this.options.deadHolder),
        }),
      );
      if (verdict !== null) return verdict;
    }
    const message = `release ${this.operation.release} kept changing while it was worked on; see who else changes it, then try again`;
    return { result: 'refused', code: 'helm/turns_used_up', message };
  }

  /** Null: decide again. */
  private async take(action: HelmAction): Promise<HelmVerdict | null> {
    switch (action.run) {
      case 'stop':
        return action.verdict;
      case 'repair':
        await this.repair(action.head, false);
        return null;
      case 'remove':
        return this.remove();
      case 'command':
        return this.runCommand();
      default:
        return assertNever(action);
    }
  }

  private async remove(): Promise<HelmVerdict | null> {
    if (this.options.abort.aborted) return this.cancelled();
    const observed = this.state;
    const trace = await this.helm('removing', removalOf(this.operation, this.options));
    if (this.state.kind !== 'absent') return this.afterRun(trace, observed);
    this.ask = { ...this.ask, removed: true };
    const head = headOf(observed);
    this.removed = { hooksMayHaveRun: head !== null && runsHooks('uninstall', head) };
    return null;
  }

  private async runCommand(): Promise<HelmVerdict> {
    if (this.options.abort.aborted) return this.cancelled();
    const observed = this.state;
    const command = commandOf(this.operation, headOf(observed), this.options);
    const trace = await this.helm('running', command);
    const verdict = await this.afterRun(trace, observed);
    if (
      verdict.result === 'refused' &&
      command.verb === 'install' &&
      !saysTaken(trace.stderrTail)
    ) {
      this.mayHaveDefined = await this.collaborators.helm.bringsCrds(command.chartPath);
    }
    return verdict;
  }

  /** The command's process is dead, so what it left pending can be repaired. */
  private async afterRun(trace: CommandTrace, before: ReleaseState): Promise<HelmVerdict> {
    const { state: after, ask } = this;
    const { aborted } = this.options.abort;
    const { verdict, interrupted } = reportAfterRun({ trace, before, after, ask, aborted });
    const head = headOf(after);
    if (interrupted && head !== null) await this.repair(head, true);
    return verdict;
  }

  private async repair(head: ReleaseRecord, own: boolean): Promise<void> {
    this.options.onPhase?.('repairing');
    const repair = await repairRelease(this.collaborators.kube, head);
    if (repair !== null) this.repairs.push({ ...repair, own });
    this.state = await this.observe();
  }

  /** Runs a command to its end and observes what it did. */
  private async helm(phase: OperatorPhase, command: HelmCommand): Promise<CommandTrace> {
    const { abort, totalDeadlineMs, onPhase, onProcess } = this.options;
    onPhase?.(phase);
    const left = totalDeadlineMs - (this.now() - this.startedAtMs);
    const run = await this.collaborators.helm.run(command, {
      totalDeadlineMs: Math.max(left, 0),
      abort,
      ...(onProcess !== undefined && { onStart: onProcess }),
    });
    const { verb, release } = command;
    const trace = { ...run, verb, summary: `helm ${verb} ${release}` };
    this.commands.push(trace);
    this.state = await this.observe();
    return trace;
  }

  private observe(): Promise<ReleaseState> {
    this.options.onPhase?.('observing');
    const { kube, reader } = this.collaborators;
    return observeRelease(kube, this.operation, reader);
  }

  private cancelled(): HelmVerdict {
    const message = `the operation on ${this.operation.release} was called off before it began`;
    return { result: 'cancelled', message };
  }
}
