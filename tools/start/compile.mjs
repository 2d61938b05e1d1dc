import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isMissing } from './process-table.mjs';
import { StartRefusal } from './terminal.mjs';
import { packagesOf, sourcesOf } from './workspace-packages.mjs';

/** What tsconfig.base.json says about emitted code. */
const OPTIONS = /** @type {const} */ ({
  swcrc: false,
  configFile: false,
  sourceMaps: true,
  module: { type: 'es6' },
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      verbatimModuleSyntax: true,
    },
    target: 'es2022',
    keepClassNames: true,
  },
});

/** @typedef {{ kind: 'file' | 'link', content: string }} Entry what stands at a path of the tree */

/**
 * Makes `tree` a second workspace of the packages of `root`, each with a freshly compiled `dist` and
 * links to whatever else it has: what runs from it is what the sources say now, whatever was built,
 * checked out or deleted before. `tsc -b` has its own `dist` folders and never meets this one. Types
 * are not checked here. Only what differs is written, so programs may be running from the tree.
 * Throws a `StartRefusal` that names the file and the place if a source is no TypeScript.
 * @param {string} root
 * @param {string} tree
 * @returns {Promise<{ sources: number, changed: number }>} of how many sources the output changed
 */
export async function compileCode(root, tree) {
  const wanted = await wantedTree(root, tree);
  const sources = [...wanted.keys()].filter((path) => path.endsWith('.js')).length;
  const changes = await Promise.all(
    [...wanted].map(async ([path, entry]) => [path, await put(join(tree, path), entry)]),
  );
  await removeOthers(tree, wanted);
  const changed = changes.filter(([path, is]) => is && String(path).endsWith('.js')).length;
  return { sources, changed };
}

/**
 * @param {string} root
 * @param {string} tree
 * @returns {Promise<Map<string, Entry>>} by path within the tree
 */
async function wantedTree(root, tree) {
  /** @type {Map<string, Entry>} */
  const wanted = new Map();
  for (const { folder, name, others } of await packagesOf(root)) {
    const place = join('node_modules', name);
    wanted.set(place, { kind: 'link', content: relative(dirname(place), folder) });
    for (const other of others) {
      const target = relative(join(tree, folder), join(root, folder, other));
      wanted.set(join(folder, other), { kind: 'link', content: target });
    }
    const outputs = (await sourcesOf(root, folder)).map((path) =>
      compiled(root, tree, folder, path),
    );
    for (const output of await Promise.all(outputs)) {
      wanted.set(output.path, { kind: 'file', content: output.code });
      wanted.set(`${output.path}.map`, { kind: 'file', content: output.map });
    }
  }
  return wanted;
}

/**
 * @param {string} root
 * @param {string} tree
 * @param {string} folder
 * @param {string} source within `src` of the package
 */
async function compiled(root, tree, folder, source) {
  const { transform } = await import('@swc/core');
  const path = join(folder, 'dist', source.replace(/\.ts$/, '.js'));
  const file = join(folder, 'src', source);
  const text = await readFile(join(root, file), 'utf8');
  const sourceFileName = relative(dirname(join(tree, path)), join(root, file));
  const mapName = `${source.slice(source.lastIndexOf('/') + 1).replace(/\.ts$/, '.js')}.map`;
  try {
    const { code, map = '' } = await transform(text, {
      ...OPTIONS,
      filename: file,
      sourceFileName,
    });
    return { path, code: `${code}//# sourceMappingURL=${mapName}\n`, map };
  } catch (error) {
    throw new StartRefusal(
      `${file} cannot be compiled; mend it and start again.\n${String(error)}`,
    );
  }
}

/**
 * Puts it there, whole or not at all. Answers whether something else stood there.
 * @param {string} path
 * @param {Entry} entry
 */
async function put(path, { kind, content }) {
  if ((await contentOf(path, kind)) === content) return false;
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${String(process.pid)}.part`;
  await rm(part, { force: true });
  await (kind === 'link' ? symlink(content, part) : writeFile(part, content));
  await rename(part, path);
  return true;
}

/**
 * @param {string} path
 * @param {Entry['kind']} kind
 */
async function contentOf(path, kind) {
  try {
    return kind === 'link' ? await readlink(path) : await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Removes what was compiled or linked for something that is there no longer.
 * @param {string} tree
 * @param {ReadonlyMap<string, Entry>} wanted
 */
async function removeOthers(tree, wanted) {
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const ours = entry.isSymbolicLink() || /\.js(\.map)?$/.test(entry.name);
    if (ours && !wanted.has(relative(tree, path))) await rm(path);
  }
}
