import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const PURE = 'libs/kernel/src/result.ts';
const DECISION = 'libs/helm/src/release-state.ts';
const USE_CASE = 'libs/orchestration/src/index.ts';
const ADAPTER = 'libs/kube/src/index.ts';
const SPEC = 'tools/test/test-report.spec.ts';

/** What a file says, and the rules that it breaks there. */
const SNIPPETS = [
  {
    name: 'an async function in a rule',
    path: PURE,
    code: 'export const it = async () => 1;',
    expected: ['no-restricted-syntax', '@typescript-eslint/explicit-module-boundary-types'],
  },
  {
    name: 'a promise made by hand in a rule',
    path: PURE,
    code: 'export const it = Promise.resolve(1);',
    expected: ['no-restricted-syntax'],
  },
  {
    name: 'a rule that reads the clock',
    path: PURE,
    code: 'export const a = new Date(); export const b = Date.now();',
    expected: ['no-restricted-syntax', 'no-restricted-properties'],
  },
  {
    name: 'a rule that is given the time',
    path: PURE,
    code: 'export const at = (text: string): Date => new Date(text);',
    expected: [],
  },
  {
    name: 'a rule that leaves something to chance',
    path: PURE,
    code: 'export const it = Math.random();',
    expected: ['no-restricted-properties'],
  },
  {
    name: 'a rule that reads a file',
    path: PURE,
    code: "import { readFileSync } from 'node:fs'; export const it = readFileSync;",
    expected: ['no-restricted-imports'],
  },
  {
    name: 'a rule that reads the environment',
    path: PURE,
    code: "export const it: unknown = process.env['HOME'];",
    expected: ['no-restricted-globals'],
  },
  {
    name: 'the Helm decision waiting',
    path: DECISION,
    code: 'export async function it(work: unknown): Promise<void> { await work; }',
    expected: ['no-restricted-syntax', 'no-restricted-syntax', 'no-restricted-syntax'],
  },
  {
    name: 'a use case that waits',
    path: USE_CASE,
    code: 'export async function it(work: () => Promise<number>): Promise<number> { return work(); }',
    expected: [],
  },
  {
    name: 'a use case that sets a timer and reads the clock',
    path: USE_CASE,
    code: 'export const it = setTimeout(() => new Date(), 5);',
    expected: ['no-restricted-globals', 'no-restricted-syntax'],
  },
  {
    name: 'a use case that imports Node',
    path: USE_CASE,
    code: "export { randomUUID } from 'node:crypto';",
    expected: ['no-restricted-imports'],
  },
  {
    name: 'an adapter that reads the clock and Node',
    path: ADAPTER,
    code: "export { createHash } from 'node:crypto'; export const it = Date.now();",
    expected: [],
  },
  {
    name: 'an error that is caught and forgotten, with a comment instead of a reason',
    path: ADAPTER,
    code: 'export function it(run: () => void): void { try { run(); } catch { /* never mind */ } }',
    expected: ['no-restricted-syntax'],
  },
  {
    name: 'a rejection that is caught and forgotten',
    path: ADAPTER,
    code: 'export const it = (run: Promise<void>): Promise<void> => run.catch(() => undefined);',
    expected: ['no-restricted-syntax'],
  },
  {
    name: 'a rejection that is converted',
    path: ADAPTER,
    code: "export const it = (run: Promise<void>): Promise<void> => run.catch((cause: unknown) => { throw new Error('gone', { cause }); });",
    expected: [],
  },
  {
    name: 'a rejection that is caught by an empty function',
    path: ADAPTER,
    code: 'export const it = (run: Promise<void>): Promise<void> => run.catch(() => {});',
    expected: ['no-restricted-syntax'],
  },
  {
    name: 'a promise that nobody waits for',
    path: ADAPTER,
    code: 'export function it(run: () => Promise<void>): void { run(); }',
    expected: ['@typescript-eslint/no-floating-promises'],
  },
  {
    name: 'a default export, a star export and an enum',
    path: ADAPTER,
    code: "export default 1; export * from './kube-api.js'; export enum Kind { A }",
    expected: ['no-restricted-syntax', 'no-restricted-syntax', 'no-restricted-syntax'],
  },
  {
    name: 'a function of six parameters',
    path: ADAPTER,
    code: 'export const it = (a: 1, b: 1, c: 1, d: 1, e: 1, f: 1): 1[] => [a, b, c, d, e, f];',
    expected: ['no-restricted-syntax'],
  },
  {
    name: 'a switch that forgets a case',
    path: ADAPTER,
    code: "export function it(a: 'x' | 'y'): void { switch (a) { case 'x': return; } }",
    expected: ['@typescript-eslint/switch-exhaustiveness-check'],
  },
  {
    name: 'a rule switched off by a comment',
    path: ADAPTER,
    code: '// eslint-disable-next-line\nexport const it: any = 1;',
    expected: [
      "'// eslint-disable-next-line' has no effect because you have 'noInlineConfig' setting in your config.",
      '@typescript-eslint/no-explicit-any',
    ],
  },
  {
    name: 'a spec that sleeps',
    path: SPEC,
    code: 'await new Promise((resolve) => setTimeout(resolve, 5));',
    expected: ['no-restricted-globals'],
  },
  {
    name: 'a test that expects nothing',
    path: SPEC,
    code: "import { it } from '@jest/globals'; it('runs', () => { printReport([]); }); declare const printReport: (rows: number[]) => void;",
    expected: ['no-restricted-syntax'],
  },
  {
    name: 'a table of tests that expect nothing',
    path: SPEC,
    code: "import { it } from '@jest/globals'; it.each([1])('runs %s', (row) => { String(row); });",
    expected: ['no-restricted-syntax'],
  },
  {
    name: 'tests that expect something',
    path: SPEC,
    code: "import { expect, it } from '@jest/globals'; it('a', () => { expect(1).toBe(1); }); it.each([1])('%s', (row) => { expect(row).toBe(1); });",
    expected: [],
  },
  {
    name: 'a spec that replaces a module',
    path: SPEC,
    code: "import { jest } from '@jest/globals'; jest.unstable_mockModule('node:fs', () => ({}));",
    expected: ['no-restricted-properties'],
  },
] as const;

describe('the lint rules', () => {
  let found: readonly (readonly string[])[];

  beforeAll(() => {
    const input = JSON.stringify(SNIPPETS);
    const program = join(ROOT, 'tools', 'test', 'lint-snippets.mjs');
    // Where CI is set the linter reads files once, from the disk; these are not on the disk.
    const env = { ...process.env, TSESTREE_SINGLE_RUN: 'false' };
    const run = spawnSync(process.execPath, [program], { cwd: ROOT, env, input, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`the linter did not run: ${run.stderr}`);
    found = JSON.parse(run.stdout) as string[][];
  });

  it.each(SNIPPETS.map((snippet, index) => ({ ...snippet, index })))(
    'see $name',
    ({ index, expected }) => {
      expect([...(found[index] ?? [])].sort()).toEqual([...expected].sort());
    },
  );
});
