import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runProcess, TAIL_BYTES, type ProcessOrder } from './run-process.js';

describe('runProcess', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apollo-run-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const script = (text: string, order: Partial<ProcessOrder> = {}): ProcessOrder => ({
    file: '/bin/sh',
    args: ['-c', text],
    env: { PATH: '/usr/bin:/bin' },
    cwd: directory,
    deadlineMs: 30_000,
    graceMs: 30_000,
    ...order,
  });

  it('reports exit code and output', async () => {
    const run = await runProcess(script('echo out; echo err >&2; exit 3'));
    expect(run).toMatchObject({
      exitCode: 3,
      signal: null,
      stdoutTail: 'out\n',
      stderrTail: 'err\n',
      timedOut: false,
    });
    expect(run.endedAt.getTime()).toBeGreaterThanOrEqual(run.startedAt.getTime());
  });

  it('keeps the end of a long output', async () => {
    const run = await runProcess(script('yes 0123456789 | head -c 1000000; echo the end'));
    expect(run.stdoutTail).toHaveLength(TAIL_BYTES);
    expect(run.stdoutTail.endsWith('the end\n')).toBe(true);
  });

  it('passes nothing of its own environment on', async () => {
    process.env['APOLLO_TEST_SECRET'] = 'hidden';
    const run = await runProcess(script('env'));
    Reflect.deleteProperty(process.env, 'APOLLO_TEST_SECRET');
    expect(run.stdoutTail).not.toContain('hidden');
  });

  it('lets a process end in order at its deadline', async () => {
    const text = 'trap "echo cleaned up; exit 1" TERM; sleep 60 & wait';
    const run = await runProcess(script(text, { deadlineMs: 200 }));
    expect(run).toMatchObject({ exitCode: 1, stdoutTail: 'cleaned up\n', timedOut: true });
  });

  it('kills a process that does not end in order', async () => {
    const text = 'trap "" TERM; sleep 60 & wait; sleep 60';
    const run = await runProcess(script(text, { deadlineMs: 200, graceMs: 200 }));
    expect(run).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true });
  });

  it('stops when it is called off, and does not call that a deadline', async () => {
    const abort = new AbortController();
    const run = await runProcess(
      script('sleep 60', { abort: abort.signal, onStart: () => abort.abort() }),
    );
    expect(run).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: false });
  });

  it('leaves no child of the process alive, nor waits for one', async () => {
    // The child holds the output open until it dies.
    const run = await runProcess(script('sleep 60 & echo started; exit 0'));
    expect(run).toMatchObject({ exitCode: 0, stdoutTail: 'started\n' });
    expect(run.endedAt.getTime() - run.startedAt.getTime()).toBeLessThan(30_000);
  });

  it('rejects when there is nothing to start', async () => {
    const order = script('', { file: join(directory, 'missing') });
    await expect(runProcess(order)).rejects.toThrow('ENOENT');
  });
});
