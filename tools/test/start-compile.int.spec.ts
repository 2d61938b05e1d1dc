import { execFile } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeFolder, prepareCode } from '../start/build.mjs';
import { compileCode } from '../start/compile.mjs';

const run = promisify(execFile);
const manifest = (name: string): string =>
  JSON.stringify({ name, type: 'module', exports: './dist/index.js', word: `of ${name}` });
const WORKSPACE: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ workspaces: ['apps/*', 'libs/*', 'lone'] }),
  'package-lock.json': '{}',
  'apps/greeter/package.json': manifest('@fixture/greeter'),
  'apps/greeter/src/main.ts': `import { greeting } from '@fixture/words';
import { lone } from '@fixture/lone';
console.log(greeting satisfies string, lone);
`,
  'libs/words/package.json': manifest('@fixture/words'),
  'libs/words/src/index.ts': `export { greeting } from './greeting.js';\n`,
  'libs/words/src/greeting.ts': `export const greeting: string = 'hello';\n`,
  'lone/package.json': manifest('@fixture/lone'),
  'lone/src/index.ts': `export const lone = 1 as const;\n`,
};

let root: string;
let tree: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'apollo-compile-')));
  tree = codeFolder(root);
  for (const [path, text] of Object.entries(WORKSPACE)) await write(path, text);
  await compileCode(root, tree);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** What the greeter prints, or how it fails. */
async function greets(): Promise<string> {
  const args = ['--enable-source-maps', join(tree, 'apps/greeter/dist/main.js')];
  try {
    const { stdout } = await run(process.execPath, args);
    return stdout.trim();
  } catch (error) {
    return String(error);
  }
}

async function compiledFiles(): Promise<readonly string[]> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .sort();
}

describe('the code that npm start runs', () => {
  it('is that of the sources, across packages', async () => {
    expect(await greets()).toBe('hello 1');
  });

  it('is compiled without a type checker: none is installed here', async () => {
    await write('node_modules/.package-lock.json', '{}');
    await write('libs/words/src/greeting.ts', `export const greeting: number = 'no number';\n`);
    await prepareCode(root, new AbortController().signal);
    expect(await greets()).toBe('no number 1');
  });

  it('follows a source that was changed', async () => {
    await write('libs/words/src/greeting.ts', `export const greeting = 'good day';\n`);
    expect(await compileCode(root, tree)).toEqual({ sources: 4, changed: 1 });
    expect(await greets()).toBe('good day 1');
    expect(await compileCode(root, tree)).toEqual({ sources: 4, changed: 0 });
  });

  it('follows a source that has become an older one, as by switching commits', async () => {
    await write('libs/words/src/greeting.ts', `export const greeting = 'of old';\n`);
    await utimes(join(root, 'libs/words/src/greeting.ts'), 1, 1);
    await compileCode(root, tree);
    expect(await greets()).toBe('of old 1');
  });

  it('lets nothing go on living whose source is deleted', async () => {
    await rm(join(root, 'libs/words/src/greeting.ts'));
    await compileCode(root, tree);
    expect(await greets()).toContain('ERR_MODULE_NOT_FOUND');
    await write('libs/words/src/greeting.ts', `export const greeting = 'back';\n`);
    await compileCode(root, tree);
    expect(await greets()).toBe('back 1');
  });

  it('loses a package that is gone, and gains one that is new', async () => {
    await rm(join(root, 'lone'), { recursive: true });
    await compileCode(root, tree);
    expect(await greets()).toContain("Cannot find package '@fixture/lone'");
    await write('libs/lone/package.json', manifest('@fixture/lone'));
    await write('libs/lone/src/index.ts', `export const lone = 2;\n`);
    await compileCode(root, tree);
    expect(await greets()).toBe('hello 2');
  });

  it('is mended where an earlier start was killed while it compiled', async () => {
    await writeFile(join(tree, 'libs/words/dist/greeting.js'), `export const greet`);
    await rm(join(tree, 'apps/greeter/dist/main.js'));
    await compileCode(root, tree);
    expect(await greets()).toBe('hello 1');
  });

  it('neither uses nor touches what tsc has built', async () => {
    await write('libs/words/dist/index.js', `export const greeting = 'built';\n`);
    await compileCode(root, tree);
    expect(await greets()).toBe('hello 1');
    expect(await readdir(join(root, 'libs/words/dist'))).toEqual(['index.js']);
    expect(await readdir(join(root, 'apps/greeter'))).toEqual(['package.json', 'src']);
    expect(await readFile(join(root, 'libs/words/dist/index.js'), 'utf8')).toContain('built');
  });

  it('has beside it what else its package has', async () => {
    await write('libs/words/assets/word.txt', 'from a file');
    await write(
      'libs/words/src/greeting.ts',
      `import { readFileSync } from 'node:fs';
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
export const greeting = read('../assets/word.txt') + JSON.parse(read('../package.json')).word;
`,
    );
    await compileCode(root, tree);
    expect(await greets()).toBe('from a fileof @fixture/words 1');
  });

  it('has the types of constructor parameters, which Nest reads', async () => {
    await write(
      'libs/words/src/greeting.ts',
      `const seen: string[] = [];
Object.assign(Reflect, {
  metadata: (key: string, value: unknown) => () =>
    void (Array.isArray(value) && seen.push(key, ...value.map(({ name }) => name))),
});
const injectable = (_: unknown): void => undefined;
class Voice {}
@injectable
export class Greeter {
  constructor(readonly voice: Voice, readonly word: string) {}
}
export const greeting = seen.join(' ');
`,
    );
    await compileCode(root, tree);
    expect(await greets()).toBe('design:paramtypes Voice String 1');
  });

  it('tells the line of the source where it fails', async () => {
    await write(
      'libs/words/src/greeting.ts',
      `interface Word { text: string }\n\nthrow new Error('here');\nexport const greeting = '';\n`,
    );
    await compileCode(root, tree);
    expect(await greets()).toContain(`${root}/libs/words/src/greeting.ts:3:`);
  });

  it('has no test code in it', async () => {
    for (const name of ['greeting.spec.ts', 'x.contract.ts', 'testing.ts', 'testing/fake.ts']) {
      await write(`libs/words/src/${name}`, `export const it = 1;\n`);
    }
    await compileCode(root, tree);
    expect(await compiledFiles()).toEqual([
      'apps/greeter/dist/main.js',
      'libs/words/dist/greeting.js',
      'libs/words/dist/index.js',
      'lone/dist/index.js',
    ]);
  });

  it('is refused with the file and the place where a source is no TypeScript', async () => {
    await write('libs/words/src/greeting.ts', `export const greeting = ;\n`);
    const compiling = compileCode(root, tree);
    await expect(compiling).rejects.toMatchObject({ name: 'StartRefusal' });
    await expect(compiling).rejects.toThrow(
      'libs/words/src/greeting.ts cannot be compiled; mend it and start again.',
    );
    expect(await greets()).toBe('hello 1');
  });
});
