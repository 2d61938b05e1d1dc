import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is made or tested, and not linked. */
const NOT_LINKED = ['src', 'test', 'dist'];
/** What the `tsconfig.json` of every package leaves out. */
const TEST_CODE = /(\.(spec|contract)\.ts$)|(^testing(\.ts$|\/))/;

/**
 * The workspace packages: folder, name, and what they have besides sources, tests and build.
 * @param {string} root
 * @returns {Promise<readonly { folder: string, name: string, others: readonly string[] }[]>}
 */
export async function packagesOf(root) {
  /** @type {{ workspaces: readonly string[] }} */
  const { workspaces } = await manifestOf(root);
  const folders = await Promise.all(workspaces.map((pattern) => foldersOf(root, pattern)));
  const packages = folders
    .flat()
    .filter((folder) => existsSync(join(root, folder, 'package.json')));
  return Promise.all(
    packages.map(async (folder) => {
      const { name } = await manifestOf(join(root, folder));
      const entries = await readdir(join(root, folder));
      return { folder, name, others: entries.filter((entry) => !NOT_LINKED.includes(entry)) };
    }),
  );
}

/**
 * The sources of a package that become part of it, as paths within its `src`.
 * @param {string} root
 * @param {string} folder
 */
export async function sourcesOf(root, folder) {
  const paths = await readdir(join(root, folder, 'src'), { recursive: true });
  return paths.filter((path) => path.endsWith('.ts') && !TEST_CODE.test(path));
}

/**
 * @param {string} root
 * @param {string} pattern a folder, or `folder/*` for all in it
 */
async function foldersOf(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -'/*'.length);
  const entries = await readdir(join(root, parent), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${parent}/${name}`);
}

/** @param {string} folder */
async function manifestOf(folder) {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}
