import { join } from 'node:path';

/**
 * Where the local system keeps its things: one folder, ignored by git, that can be deleted whole.
 * @param {string} root
 */
export function foldersOf(root) {
  const base = join(root, '.apollo');
  return {
    base,
    data: join(base, 'postgres'),
    logs: join(base, 'logs'),
    run: join(base, 'run'),
    bin: join(base, 'bin'),
    /** @param {string} name */
    cluster: (name) => join(base, 'clusters', name),
    /** @param {string} name */
    spoke: (name) => join(base, 'spokes', name),
  };
}
