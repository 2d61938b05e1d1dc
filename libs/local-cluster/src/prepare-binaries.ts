import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { binariesIn, cacheKey, cacheRoot, type Binaries } from './binary-cache.js';
import { goBuild, LINKER_FLAGS, type OnProgress } from './go-build.js';
import { findGo, type GoRefusal } from './go-toolchain.js';
import { helmOnPath } from './helm-on-path.js';
import { GO_MODULE_DIRECTORY } from './package-files.js';
import { commandLineOf } from './process-table.js';

export interface PrepareOptions {
  /** A line for people now and then while the build runs; nothing when the cache has it all. */
  readonly onProgress?: OnProgress;
  /** Stops the build; `prepareBinaries` then throws `GoBuildError`. */
  readonly signal?: AbortSignal;
  /**
   * `pinned` (default): the Helm built beside Kubernetes. `path-if-supported`: a Helm 4 on PATH
   * when there is one, for people who want Apollo to use their own.
   */
  readonly helm?: 'pinned' | 'path-if-supported';
}

/**
 * The programs that local clusters need: out of the cache, or else built with Go into it. Builds
 * that run at once do not disturb each other: an entry appears whole or not at all. Refuses when Go
 * is missing or too old; throws `GoBuildError` when the build itself cannot finish.
 */
export async function prepareBinaries(
  options: PrepareOptions = {},
): Promise<Result<Binaries, GoRefusal>> {
  const root = cacheRoot(process.env);
  const entry = join(root, await currentKey());
  if (!(await isComplete(entry))) {
    const go = await findGo();
    if (!go.ok) return err(go.error);
    await buildInto(root, entry, options);
  }
  const binaries = binariesIn(entry);
  if (options.helm !== 'path-if-supported') return ok(binaries);
  return ok({ ...binaries, helm: (await helmOnPath(process.env)) ?? binaries.helm });
}

async function currentKey(): Promise<string> {
  const names = ['go.mod', 'go.sum', 'main.go'];
  const texts = names.map((name) => readFile(join(GO_MODULE_DIRECTORY, name), 'utf8'));
  const contents = await Promise.all(texts);
  return cacheKey({
    platform: process.platform,
    arch: process.arch,
    linkerFlags: LINKER_FLAGS,
    sources: Object.fromEntries(names.map((name, at) => [name, contents[at] ?? ''])),
  });
}

async function isComplete(entry: string): Promise<boolean> {
  const files = Object.values<string>({ ...binariesIn(entry) });
  const checks = await Promise.allSettled(files.map((file) => access(file, constants.X_OK)));
  return checks.every((check) => check.status === 'fulfilled');
}

async function buildInto(root: string, entry: string, options: PrepareOptions): Promise<void> {
  await mkdir(root, { recursive: true });
  await removeAbandonedBuilds(root);
  const folder = await mkdtemp(join(root, `.building-${String(process.pid)}-`));
  try {
    await goBuild(folder, options.onProgress ?? (() => undefined), options.signal);
    if (await isComplete(entry)) return;
    // What stands there now is the rest of an entry that somebody damaged.
    await rm(entry, { recursive: true, force: true });
    await rename(folder, entry);
  } catch (error) {
    // The other one of two builds was quicker: its programs are the same.
    if (!(await isComplete(entry))) throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A killed build leaves its folder behind, named for its process. */
async function removeAbandonedBuilds(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = /^\.building-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || (await commandLineOf(Number(pid))) !== undefined) continue;
    await rm(join(root, name), { recursive: true, force: true });
  }
}
