import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { sha256Hex } from '@apollo-deploy/kernel';
import { HELM_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from './versions.js';

/** Absolute paths of the programs a local cluster and its users run. */
export interface Binaries {
  /** etcd and the Kubernetes control plane in one: the first argument names the process. */
  readonly kubernetes: string;
  readonly helm: string;
  /** The last of Helm 3, which spokes may still use. */
  readonly helm3: string;
  readonly kwok: string;
}

/** Everything that decides what a build produces. */
export interface BuildInputs {
  readonly platform: string;
  readonly arch: string;
  readonly linkerFlags: string;
  /** Contents of the files of the Go module, by name. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Where built binaries are kept: `$XDG_CACHE_HOME/apollo-deploy`, by default below `~/.cache`. */
export function cacheRoot(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['XDG_CACHE_HOME'];
  // The specification of XDG_CACHE_HOME says to ignore relative paths.
  const base = given !== undefined && isAbsolute(given) ? given : join(homedir(), '.cache');
  return join(base, 'apollo-deploy');
}

/** The folder name of one build: other inputs give another name, so an entry never goes stale. */
export function cacheKey(inputs: BuildInputs): string {
  const sources = Object.entries(inputs.sources).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = sha256Hex(JSON.stringify([inputs.linkerFlags, sources])).slice(0, 16);
  const versions = `kubernetes-${KUBERNETES_VERSION}-helm-${HELM_VERSION}-kwok-${KWOK_VERSION}`;
  return `${versions}-${inputs.platform}-${inputs.arch}-${digest}`;
}

/** The programs inside a cache entry. */
export function binariesIn(folder: string): Binaries {
  return {
    kubernetes: join(folder, 'kubernetes'),
    helm: join(folder, 'helm'),
    helm3: join(folder, 'helm-3'),
    kwok: join(folder, 'kwok'),
  };
}
