import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** Every workspace package, by its folder. */
export const FOLDERS = [
  'libs/kernel',
  'libs/domain',
  'libs/k8s-status',
  'libs/protocol',
  'libs/orchestration',
  'libs/kube',
  'libs/helm',
  'libs/local-cluster',
  'libs/storage',
  'migrations',
  'apps/hub',
  'apps/spoke',
  'apps/cli',
  'libs/simulator',
] as const;

const NPM_PACKAGES = [
  ...['typeorm', 'pg', '@nestjs/common', '@kubernetes/client-node', 'execa', 'fast-check'],
  ...['typebox', '@noble/hashes', 'pino'],
];

/** `@apollo-deploy/NAME` for a package folder. */
export function packageName(folder: string): string {
  return `@apollo-deploy/${folder.slice(folder.lastIndexOf('/') + 1)}`;
}

/**
 * A temporary workspace with this repository's import rules, its packages (empty), stand-ins for
 * the npm packages that the rules name, and `files` (path → text). Returns its root and a `remove`.
 */
export async function workspaceWith(
  files: Readonly<Record<string, string>>,
): Promise<{ root: string; remove: () => Promise<void> }> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'apollo-boundaries-')));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.base.json', 'tsconfig.spec.json']) {
    await cp(join(ROOT, file), join(root, file));
  }
  await writeText(root, 'package.json', JSON.stringify({ name: 'fixture', type: 'module' }));
  for (const folder of FOLDERS) await addPackage(root, folder);
  for (const name of NPM_PACKAGES) {
    await addManifest(root, `node_modules/${name}`, name, './index.js');
    await writeText(root, `node_modules/${name}/index.js`, 'export const it = 1;\n');
  }
  for (const [path, text] of Object.entries(files)) await writeText(root, path, text);
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

async function addPackage(root: string, folder: string): Promise<void> {
  await addManifest(root, folder, packageName(folder), './dist/index.js');
  for (const file of ['src/index.ts', 'src/testing.ts', 'dist/index.js']) {
    await writeText(root, `${folder}/${file}`, 'export const it = 1;\n');
  }
  const link = join(root, 'node_modules', packageName(folder));
  await mkdir(dirname(link), { recursive: true });
  await symlink(join(root, folder), link);
}

async function addManifest(
  root: string,
  folder: string,
  name: string,
  entry: string,
): Promise<void> {
  const manifest = { name, version: '1.0.0', type: 'module', exports: { '.': entry } };
  await writeText(root, `${folder}/package.json`, JSON.stringify(manifest));
}

async function writeText(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
