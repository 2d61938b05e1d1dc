import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

interface Line {
  readonly bench: string;
  readonly n: number;
  readonly ratio: number;
  readonly reach: string;
  readonly met: boolean;
  readonly arms: Readonly<Record<string, string>>;
}

async function bench(...words: readonly string[]): Promise<readonly Line[]> {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await run(process.execPath, ['bench/main.mjs', ...words], { cwd: ROOT, env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const NAMES = [
  'evaluate-all',
  'after-change',
  'plan-transition',
  'windows',
  'constraints',
  'dependencies',
  'start',
  'simulated-spokes',
];

describe('the benchmarks', () => {
  it('all run, on sizes that say nothing, and print one line each', async () => {
    const lines = await bench('--tiny');
    expect(lines.map((line) => line.bench)).toEqual(NAMES);
    for (const { n, ratio, reach, met, arms } of lines) {
      expect(n).toBeGreaterThan(0);
      expect(Number.isFinite(ratio)).toBe(true);
      expect(reach).not.toBe('');
      expect(typeof met).toBe('boolean');
      expect(Object.keys(arms).length).toBeGreaterThan(1);
    }
  }, 400_000);

  it('give no wrong answer and have one winner, however small', async () => {
    expect(await bench('--tiny', 'windows', 'plan-transition')).toEqual([
      expect.objectContaining({ wrong: 0 }),
      expect.objectContaining({ winners: 1, roundTrips: 1, commits: 1 }),
    ]);
  });

  it('refuse a name that none has', async () => {
    await expect(bench('fortune')).rejects.toThrow('not known: fortune; accepted are --tiny and');
  });
});
