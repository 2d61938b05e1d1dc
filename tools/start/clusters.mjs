import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { say, StartRefusal } from './terminal.mjs';

/**
 * The programs of the local clusters, from the cache or built, with `.apollo/bin/helm` and
 * `.apollo/bin/kubernetes` linked to them.
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
  for (const [name, target] of Object.entries({ helm: prepared.value.helm })) {
    await rm(join(bin, name), { force: true });
    await symlink(target, join(bin, name));
  }
  return prepared.value;
}

/**
 * Starts the clusters side by side; all are stopped again if one does not come up.
 * @param {typeof import('@apollo-deploy/local-cluster')} library
 * @param {readonly string[]} names
 * @param {{ cluster: (name: string) => string }} folders
 * @param {import('@apollo-deploy/local-cluster').Binaries} binaries
 * @param {AbortSignal} signal
 */
export async function startClusters(library, names, folders, binaries, signal) {
  const started = await Promise.allSettled(
    names.map(async (name) => {
      const cluster = await library.LocalCluster.start({
        name,
        directory: folders.cluster(name),
        binaries,
        durable: true,
        signal,
      });
      say('clusters', `${name} is ready, ${cluster.apiUrl}`);
      return cluster;
    }),
  );
  const failed = started.find(({ status }) => status === 'rejected');
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (failed === undefined) return running;
  await Promise.allSettled(running.map((cluster) => cluster.stop()));
  throw failed.reason;
}
