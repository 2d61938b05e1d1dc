import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Program } from '../start/program.mjs';

let folder: string;
let program: Program;
let said: string[];
/** Settles once that has been said. */
let heard: (text: string) => Promise<void>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apollo-program-'));
  said = [];
  let told = (): void => undefined;
  jest.spyOn(console, 'log').mockImplementation((line: string) => {
    said.push(line.replace(/^ *[\d.]+ s +/, ''));
    told();
  });
  heard = async (text) => {
    while (!said.some((line) => line.includes(text))) {
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
  };
});
afterEach(async () => {
  await program.stop();
  jest.restoreAllMocks();
  await rm(folder, { recursive: true });
});

it.each([
  { name: 'is ready', ready: async () => undefined, says: 'is up again' },
  {
    name: 'is not ready',
    ready: async () => {
      throw new Error('it was not ready after 60 s');
    },
    says: 'runs again, and is not ready: see ',
  },
])('says what became of a program that was killed and $name', async ({ ready, says }) => {
  const script = join(folder, 'program.mjs');
  await writeFile(script, 'setInterval(() => undefined, 1_000_000);\n');
  const folders = { logs: folder, run: folder };
  program = new Program({ name: 'one', script, env: {}, folders, onGivenUp: fail, ready });
  await program.start();
  expect(said).toEqual([]);
  process.kill(Number(await readFile(join(folder, 'one.pid'), 'utf8')), 'SIGKILL');
  await heard(says);
  expect(said).toEqual([
    expect.stringContaining('ended (SIGKILL); starting it again'),
    expect.stringContaining(says),
  ]);
});

function fail(reason: string): never {
  throw new Error(reason);
}
