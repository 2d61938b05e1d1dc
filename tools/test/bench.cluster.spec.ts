import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

describe('the benchmark of Helm', () => {
  it('runs on a size that says nothing, and its counters are right', async () => {
    const env = { ...process.env, NODE_OPTIONS: '' };
    const words = ['bench/main.mjs', '--tiny', 'helm'];
    const { stdout } = await run(process.execPath, words, { cwd: ROOT, env });
    const line = JSON.parse(stdout) as Record<string, unknown>;
    expect(line).toMatchObject({ bench: 'helm', n: 1, met: expect.any(Boolean) });
    expect(line['requests']).toMatchObject({ objects: 3, dryRuns: 3, ledger: 5 });
    // However busy the machine is: a rollout that cannot succeed is not waited for.
    expect(line['verdict']).toMatchObject({ never: { ratio: expect.closeTo(0.5, 0) } });
  });
});
