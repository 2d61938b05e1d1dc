import { join } from 'node:path';

/**
 * Where the local system keeps its things: one folder that can be deleted whole.
 * @param {string} base
 */
export function foldersOf(base) {
  return {
    base,
    data: join(base, 'postgres'),
    storage: join(base, 'storage'),
    logs: join(base, 'logs'),
    run: join(base, 'run'),
    /** The tokens of the example accounts, by name. */
    tokens: join(base, 'tokens.json'),
    adminToken: join(base, 'admin-token'),
    bin: join(base, 'bin'),
    keys: join(base, 'keys'),
    /** @param {string} name */
    cluster: (name) => join(base, 'clusters', name),
    /** @param {string} name */
    spoke: (name) => join(base, 'spokes', name),
  };
}
