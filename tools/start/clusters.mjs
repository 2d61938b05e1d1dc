import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { say, StartRefusal } from './terminal.mjs';

/**
 * The programs of the local clusters, from the cache or built. `.apollo/bin/helm` is linked to the
 * Helm among them, for people and for the spokes.
 * @param {typeof import('@apollo-deploy/local-cluster')} library
 * @param {string} bin
 * @param {AbortSignal} signal
 */
export async function prepareClusterPrograms(library, bin, signal) {
  const prepared = await library.prepareBinaries({
    helm: 'path-if-supported',
    signal,
    onProgress: (line) => say('clusters', line),
  });
  if (!prepared.ok) throw new StartRefusal(prepared.error.message);
  await mkdir(bin, { recursive: true });
  const helm = join(bin, 'helm');
  await rm(helm, { force: true });
  await symlink(prepared.value.helm, helm);
  return prepared.value;
}

/**
 * Local clusters that come up side by side, each with its data in a folder of its own, and go down
 * together, whether they have come up by then or not.
 */
export class Clusters {
  /** @type {readonly Promise<import('@apollo-deploy/local-cluster').LocalCluster>[]} */
  #starts = [];

  /**
   * @param {typeof import('@apollo-deploy/local-cluster')} library
   * @param {{ cluster: (name: string) => string }} folders
   * @param {AbortSignal} signal calls off the starts that are under way
   */
  constructor(library, folders, signal) {
    this.library = library;
    this.folders = folders;
    this.signal = signal;
  }

  /**
   * Resolves when all are ready and rejects as soon as one does not come up; `stop` either way.
   * @param {readonly string[]} names
   * @param {import('@apollo-deploy/local-cluster').Binaries} binaries
   */
  start(names, binaries) {
    this.#starts = names.map((name) => this.#startOne(name, binaries));
    return Promise.all(this.#starts);
  }

  /** Stops those that run and those that still come up; throws the first failure to stop one. */
  async stop() {
    const started = await Promise.allSettled(this.#starts);
    const stops = await Promise.allSettled(
      started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.stop()] : [])),
    );
    const failed = stops.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /**
   * @param {string} name
   * @param {import('@apollo-deploy/local-cluster').Binaries} binaries
   */
  #startOne(name, binaries) {
    const { library, folders, signal } = this;
    const directory = folders.cluster(name);
    const onLog = (/** @type {string} */ line) => say('clusters', line);
    const options = { name, directory, binaries, durable: true, signal, onLog };
    return library.LocalCluster.start(options);
  }
}
