import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Json, type Result } from '@apollo-deploy/kernel';
import { bringsCrds, mayLookUp, recordedFiles } from './chart-archive.js';
import { helmArgv, renderArgv } from './helm-argv.js';
import type { HelmCommand, HelmRender, HelmValues } from './helm-command.js';
import { helmEnvironment } from './helm-environment.js';
import { helmErrorText } from './helm-error-text.js';
import {
  HelmUnavailable,
  type HelmRun,
  type HelmRunner,
  type HelmRunOptions,
  type RenderRefusal,
} from './helm-runner.js';
import type { HelmVersion } from './helm-version.js';
import { removalOffset, zoneFile } from './removal-mark.js';
import { runForOutput } from './run-for-output.js';
import { clearRunFolders, runFolderPrefix } from './run-folders.js';
import { runProcess } from './run-process.js';

export interface HelmCliOptions {
  readonly helmPath: string;
  /** As `detectHelm` found it. */
  readonly version: HelmVersion;
  /** Null: the service account of this pod. */
  readonly kubeconfigPath: string | null;
  /** A folder of this runner's own: values and homes of running commands, and a discovery cache. */
  readonly workDirectory: string;
  /** As `findDeathSignal` found it: commands then die with this process, however it ends. */
  readonly setprivPath: string | null;
  /** The environment some names are taken from; everything else in it is kept from Helm. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Between SIGTERM and SIGKILL. Default 30 s. */
  readonly graceMs?: number;
}

const GRACE_MS = 30_000;
// What setpriv exits with when it cannot execute helm; helm itself has no such code.
const SETPRIV_FAILED = [126, 127];
const RENDER_DEADLINE_MS = 60_000;

/** Runs the helm command line tool, one process a command, with nothing of the caller's secrets. */
export class HelmCliRunner implements HelmRunner {
  readonly version: HelmVersion;

  constructor(private readonly options: HelmCliOptions) {
    this.version = options.version;
  }

  /**
   * Deletes what a process left in the work directory that was killed while its commands ran: their
   * values, and those are secrets. To be called before the first command. Resolves to the number of
   * commands it cleared up after; throws `HelmUnavailable` where a folder cannot be deleted.
   */
  async clearLeftovers(): Promise<number> {
    const { workDirectory } = this.options;
    try {
      return await clearRunFolders(workDirectory);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `the values of commands that were cut off cannot be deleted: ${why}; delete ${join(workDirectory, 'run-*')} by hand`;
      throw new HelmUnavailable(message, { cause, retryable: false });
    }
  }

  async run(command: HelmCommand, options: HelmRunOptions): Promise<HelmRun> {
    return this.inHome(valuesOf(command), async (home) => {
      const stoppable = command.verb === 'install' || command.verb === 'upgrade';
      const { totalDeadlineMs, abort, onStart } = options;
      const run = await runProcess({
        ...this.wrapped(helmArgv(command, { version: this.version, valuesPath: home.valuesPath })),
        env: { ...home.env, ...(await zoneOf(command, home)) },
        cwd: home.directory,
        deadlineMs: totalDeadlineMs,
        graceMs: this.options.graceMs ?? GRACE_MS,
        ...(stoppable && { abort }),
        ...(onStart !== undefined && { onStart }),
      });
      if (this.options.setprivPath !== null && SETPRIV_FAILED.includes(run.exitCode ?? 0)) {
        throw new Error(run.stderrTail.trim());
      }
      return run;
    });
  }

  async render(request: HelmRender): Promise<Result<string, RenderRefusal>> {
    // Only then rendering has to be able to ask.
    const looksUp = mayLookUp(await readFile(request.chartPath));
    return this.inHome(request.values, async (home) => {
      const run = await runForOutput({
        ...this.wrapped(renderArgv(request, { valuesPath: home.valuesPath, looksUp })),
        env: home.env,
        cwd: home.directory,
        deadlineMs: RENDER_DEADLINE_MS,
      });
      if (run.exitCode === 0) return ok(run.stdout);
      if (run.killedBy !== null) {
        throw new Error(
          `helm template was ended by ${run.killedBy}; see whether this machine runs out of memory`,
        );
      }
      const said = helmErrorText(run.stderr) || 'helm template was ended before it was done';
      return err({ code: 'helm/render_failed', message: said });
    });
  }

  async recordedChart(chartPath: string): Promise<Json> {
    return recordedFiles(await readFile(chartPath));
  }

  async bringsCrds(chartPath: string): Promise<boolean> {
    return bringsCrds(await readFile(chartPath));
  }

  /** The file to start and its arguments; the file is helm itself where nothing can wrap it. */
  private wrapped(argv: string[]): { readonly file: string; readonly args: readonly string[] } {
    const { helmPath, setprivPath } = this.options;
    return setprivPath === null
      ? { file: helmPath, args: argv }
      : { file: setprivPath, args: ['--pdeathsig', 'KILL', '--', helmPath, ...argv] };
  }

  /** Gives a command a home of its own, with its values in it, and takes it away afterwards. */
  private async inHome<T>(values: HelmValues, work: (home: Home) => Promise<T>): Promise<T> {
    const { workDirectory, kubeconfigPath, environment } = this.options;
    try {
      await mkdir(workDirectory, { recursive: true, mode: 0o700 });
      const directory = await mkdtemp(join(workDirectory, runFolderPrefix()));
      try {
        await chmod(directory, 0o700);
        const valuesPath = join(directory, 'values.json');
        await writeFile(valuesPath, JSON.stringify(values), { mode: 0o600, flag: 'wx' });
        const discoveryCache = join(workDirectory, 'discovery');
        const env = helmEnvironment({
          home: directory,
          discoveryCache,
          kubeconfigPath,
          environment,
        });
        return await work({ directory, valuesPath, env });
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `helm cannot be run: ${why}; check ${this.options.helmPath} and ${workDirectory}`;
      throw new HelmUnavailable(message, { cause });
    }
  }
}

type Zone = { readonly TZ?: string };

interface Home {
  readonly directory: string;
  readonly valuesPath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a removal is told from another by; others carry their plan's label. */
async function zoneOf({ verb, planId }: HelmCommand, { directory }: Home): Promise<Zone> {
  if (verb !== 'uninstall') return {};
  const path = join(directory, 'zone');
  await writeFile(path, zoneFile(removalOffset(planId)), { mode: 0o600, flag: 'wx' });
  return { TZ: path };
}

function valuesOf(command: HelmCommand): HelmValues {
  return 'values' in command ? command.values : {};
}
