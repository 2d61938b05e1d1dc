import { err, ok, type Result } from '@apollo-deploy/kernel';
import { execa } from 'execa';
import { GO_TO_COMPILE, GO_TO_FETCH_TOOLCHAIN } from './versions.js';

/** Why this machine cannot build the binaries; `message` tells what to install or set. */
export interface GoRefusal {
  readonly code:
    'local_cluster/go_missing' | 'local_cluster/go_too_old' | 'local_cluster/go_toolchain_disabled';
  readonly message: string;
}

/** What `go env GOVERSION GOTOOLCHAIN` says. */
export interface GoEnvironment {
  readonly version: string;
  /** Empty before Go 1.21, which knows no toolchains. */
  readonly toolchain: string;
}

/**
 * Asks the `go` on PATH for its version. Refuses when there is none, or when it can neither compile
 * the module nor fetch a toolchain that can.
 */
export async function findGo(): Promise<Result<GoEnvironment, GoRefusal>> {
  // At the root folder: inside a module Go would answer for the toolchain that module asks for.
  const answer = await execa('go', ['env', 'GOVERSION', 'GOTOOLCHAIN'], {
    reject: false,
    cwd: '/',
  });
  if (answer.failed) {
    return err({
      code: 'local_cluster/go_missing',
      message:
        'Local clusters are built with Go, and no working `go` was found on PATH. Install Go ' +
        `${GO_TO_COMPILE} or newer (https://go.dev/dl, or your system's package manager) and run this again.`,
    });
  }
  const [version = '', toolchain = ''] = answer.stdout.split('\n').map((line) => line.trim());
  return judgeGo({ version, toolchain });
}

/** Whether this Go can build the module, directly or by fetching a newer toolchain. Pure. */
export function judgeGo(go: GoEnvironment): Result<GoEnvironment, GoRefusal> {
  if (isAtLeast(go.version, GO_TO_COMPILE)) return ok(go);
  if (!isAtLeast(go.version, GO_TO_FETCH_TOOLCHAIN)) {
    return err({
      code: 'local_cluster/go_too_old',
      message:
        `The Go on PATH is ${go.version || 'of an unknown version'}; local clusters need ${GO_TO_COMPILE}, or ` +
        `${GO_TO_FETCH_TOOLCHAIN} and newer, which fetch it by themselves. Install a newer Go ` +
        '(https://go.dev/dl) and run this again.',
    });
  }
  if (!/(^|\+)(auto|path)$/.test(go.toolchain)) {
    return err({
      code: 'local_cluster/go_toolchain_disabled',
      message:
        `The Go on PATH is ${go.version}, local clusters need ${GO_TO_COMPILE}, and GOTOOLCHAIN=${go.toolchain} ` +
        'forbids Go to fetch it. Set GOTOOLCHAIN=auto, or install a newer Go (https://go.dev/dl), ' +
        'and run this again.',
    });
  }
  return ok(go);
}

/** Compares Go's own version strings (`go1.26.8`, `go1.27rc1`, `devel go1.27-1a2b3c`). */
function isAtLeast(version: string, minimum: string): boolean {
  const found = /\bgo(\d+)\.(\d+)/.exec(version);
  if (found === null) return false;
  const [major = 0, minor = 0] = minimum.split('.').map(Number);
  const [foundMajor, foundMinor] = [Number(found[1]), Number(found[2])];
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}
