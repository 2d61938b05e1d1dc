import { execa } from 'execa';
import { GO_MODULE_DIRECTORY } from './package-files.js';
import { HELM_3_VERSION, HELM_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from './versions.js';

/** The compiler could not finish: no network for modules, a full disk, a stop from outside. */
export class GoBuildError extends Error {
  override readonly name = 'GoBuildError';
  readonly retryable = true;
}

/** Called with a line for people, at most every few seconds while the build runs. */
export type OnProgress = (line: string) => void;

/** What each run of the compiler makes: both Helms would be called `helm` in one. */
const BUILDS = [
  { output: '', packages: ['.', 'helm.sh/helm/v4/cmd/helm', 'sigs.k8s.io/kwok/cmd/kwok'] },
  { output: 'helm-3', packages: ['helm.sh/helm/v3/cmd/helm'] },
] as const;
const PROGRESS_INTERVAL_MS = 5_000;
const [MAJOR, MINOR] = KUBERNETES_VERSION.split('.');

/** Strips debug tables and stamps the versions that the programs report about themselves. */
export const LINKER_FLAGS = [
  '-s -w',
  `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES_VERSION}`,
  `-X k8s.io/component-base/version.gitMajor=${String(MAJOR)}`,
  `-X k8s.io/component-base/version.gitMinor=${String(MINOR)}`,
  `-X helm.sh/helm/v4/internal/version.version=v${HELM_VERSION}`,
  `-X helm.sh/helm/v3/internal/version.version=v${HELM_3_VERSION}`,
].join(' ');

const FLAGS = ['-v', '-trimpath', '-buildvcs=false', '-ldflags', LINKER_FLAGS] as const;

/**
 * Compiles all programs into `folder` (about six minutes on two cores when Go has compiled nothing
 * before; Helm 3 shares nearly all of Helm 4's packages and takes eight seconds of them). Throws
 * `GoBuildError` with the compiler's last lines.
 */
export async function goBuild(
  folder: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const counts = { downloaded: 0, compiled: 0 };
  const report = (): void => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    onProgress(progressLine(counts, seconds));
  };
  const compile = (output: string, packages: readonly string[]) =>
    execa('go', ['build', ...FLAGS, '-o', `${folder}/${output}`, ...packages], {
      cwd: GO_MODULE_DIRECTORY,
      // The user's own flags, workspace and C compiler have no say in this build.
      env: { GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: '0' },
      reject: false,
      stderr: function* (line: unknown) {
        if (String(line).startsWith('go: downloading')) counts.downloaded += 1;
        else counts.compiled += 1;
        yield line;
      },
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
  report();
  const timer = setInterval(report, PROGRESS_INTERVAL_MS);
  try {
    for (const { output, packages } of BUILDS) {
      const result = await compile(output, packages);
      if (result.failed) throw buildError(result.isCanceled, result.stderr, result);
    }
    report();
  } finally {
    clearInterval(timer);
  }
}

function progressLine(counts: { downloaded: number; compiled: number }, seconds: number): string {
  const what = `Kubernetes ${KUBERNETES_VERSION}, Helm ${HELM_VERSION} and kwok ${KWOK_VERSION}`;
  const downloads = counts.downloaded === 0 ? '' : `${String(counts.downloaded)} modules fetched, `;
  const done = `${downloads}${String(counts.compiled)} packages compiled, ${String(seconds)} s`;
  return `building ${what} with Go: ${done} (the first time takes about 6 minutes)`;
}

function buildError(canceled: boolean, stderr: string, cause: unknown): GoBuildError {
  if (canceled) {
    return new GoBuildError('The build of the local-cluster binaries was stopped.', { cause });
  }
  const lastLines = stderr.trimEnd().split('\n').slice(-8).join('\n');
  return new GoBuildError(
    'The build of the local-cluster binaries failed; it needs the Go module proxy (or a filled ' +
      `module cache) and about 5 GB of disk. Go said:\n${lastLines}`,
    { cause },
  );
}
