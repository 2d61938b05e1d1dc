import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether the installed packages are those of the lock file. npm writes its own record of the tree
 * last, so its age tells whether the lock file is newer.
 * @param {string} root
 */
export function packagesAreInstalled(root) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const wanted = join(root, 'package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs;
}
