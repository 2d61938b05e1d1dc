import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findDeathSignal } from './detect-helm.js';
import { HelmCliRunner, type HelmCliOptions } from './helm-cli-runner.js';
import type { HelmCommand, HelmRender } from './helm-command.js';
import { runProcess } from './run-process.js';

const target = { release: 'web', namespace: 'shop', planId: 'p1', timeoutMs: 1_000 };
const upgrade: HelmCommand = {
  verb: 'upgrade',
  ...target,
  chartPath: '/charts/web.tgz',
  values: { password: 'hunter2' },
  forceConflicts: true,
};
const rollback: HelmCommand = { verb: 'rollback', ...target, revision: 1, forceConflicts: true };

describe('HelmCliRunner', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apollo-runner-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** A runner whose helm is this shell script; `$out` is a folder that outlives the run. */
  const runnerOf = async (
    script: string,
    options: Partial<HelmCliOptions> = {},
  ): Promise<HelmCliRunner> => {
    const helmPath = join(directory, 'helm');
    await writeFile(helmPath, `#!/bin/sh\nout=${directory}\n${script}\n`);
    await chmod(helmPath, 0o755);
    return new HelmCliRunner({
      helmPath,
      version: { major: 4, minor: 3, patch: 1 },
      kubeconfigPath: '/kubeconfig',
      workDirectory: join(directory, 'work'),
      setprivPath: null,
      environment: { PATH: process.env['PATH'], APOLLO_TOKEN: 'secret' },
      graceMs: 300,
      ...options,
    });
  };
  const chartToRender = async (): Promise<HelmRender> => {
    const chartPath = join(directory, 'chart.tgz');
    await writeFile(chartPath, gzipSync(''));
    const { release, namespace } = target;
    const cluster = { kubeVersion: 'v1.36.2', apiVersions: [] };
    return { release, namespace, chartPath, values: {}, isUpgrade: false, ...cluster };
  };
  const limits = (abort = new AbortController()) => ({
    totalDeadlineMs: 30_000,
    abort: abort.signal,
  });

  it('hands values over in a private file, and takes it away again', async () => {
    const script =
      'for a in "$@"; do case $a in --values=*) f=${a#--values=};; esac; done\n'.concat(
        'stat -c %a "$f" > $out/mode; cat "$f" > $out/values; echo "$f" > $out/path',
      );
    const helm = await runnerOf(script);
    expect((await helm.run(upgrade, limits())).exitCode).toBe(0);
    const kept = async (name: string): Promise<string> =>
      (await readFile(join(directory, name), 'utf8')).trim();
    expect(await kept('mode')).toBe('600');
    expect(await kept('values')).toBe('{"password":"hunter2"}');
    await expect(access(await kept('path'))).rejects.toThrow('ENOENT');
    expect(await readdir(join(directory, 'work'))).toEqual([]);
  });

  it('deletes the values that killed processes left behind, and those of no other', async () => {
    const helm = await runnerOf('');
    const work = join(directory, 'work');
    const dead = await runProcess({
      ...{ file: '/bin/sh', args: ['-c', 'echo $$'], env: {}, cwd: directory },
      ...{ deadlineMs: 30_000, graceMs: 300 },
    });
    const gone = ['run-AbCdEf', `run-${String(process.pid)}-x`, `run-${dead.stdoutTail.trim()}-x`];
    const kept = ['discovery', `run-${String(process.ppid)}-x`];
    for (const name of [...gone, ...kept]) {
      await mkdir(join(work, name), { recursive: true });
      await writeFile(join(work, name, 'values.json'), '{"password":"hunter2"}');
    }
    expect(await helm.clearLeftovers()).toBe(3);
    expect((await readdir(work)).sort()).toEqual(kept);
    expect(await helm.clearLeftovers()).toBe(0);
  });

  it('finds nothing left behind where nothing ever ran', async () => {
    expect(await (await runnerOf('')).clearLeftovers()).toBe(0);
  });

  it('shows neither values nor secrets to those who look at the process', async () => {
    const helm = await runnerOf('env; echo "$@"');
    const { stdoutTail } = await helm.run(upgrade, limits());
    expect(stdoutTail).not.toMatch(/hunter2|APOLLO_TOKEN/);
    expect(stdoutTail).toContain('KUBECONFIG=/kubeconfig');
  });

  it('stops an upgrade when it is called off', async () => {
    const abort = new AbortController();
    const helm = await runnerOf('trap "echo stopped; exit 1" TERM; sleep 60 & wait');
    const run = await helm.run(upgrade, { ...limits(abort), onStart: () => abort.abort() });
    expect(run).toMatchObject({ timedOut: false });
    expect(run.exitCode === 0).toBe(false);
  });

  it('lets a rollback run on when it is called off', async () => {
    const abort = new AbortController();
    const helm = await runnerOf('echo done');
    const run = await helm.run(rollback, { ...limits(abort), onStart: () => abort.abort() });
    expect(run).toMatchObject({ exitCode: 0, stdoutTail: 'done\n' });
  });

  it('stops a rollback at its total deadline', async () => {
    const helm = await runnerOf('sleep 60');
    const run = await helm.run(rollback, { ...limits(), totalDeadlineMs: 200 });
    expect(run).toMatchObject({ exitCode: null, timedOut: true });
  });

  it('is unavailable when somebody kills it while it renders: that says nothing of the chart', async () => {
    const helm = await runnerOf('kill -KILL $$');
    await expect(helm.render(await chartToRender())).rejects.toMatchObject({
      ...{ name: 'HelmUnavailable', retryable: true },
      message: expect.stringContaining('helm template was ended by SIGKILL'),
    });
  });

  it('refuses a chart in Helm’s words', async () => {
    const helm = await runnerOf('echo "Error: nil pointer" >&2; exit 1');
    expect(await helm.render(await chartToRender())).toEqual({
      ok: false,
      error: { code: 'helm/render_failed', message: 'nil pointer' },
    });
  });

  it('is unavailable when there is no helm, and leaves nothing behind', async () => {
    const helm = await runnerOf('', { helmPath: '/nonexistent/helm' });
    await expect(helm.run(upgrade, limits())).rejects.toMatchObject({
      name: 'HelmUnavailable',
      message: expect.stringContaining('check /nonexistent/helm'),
    });
    expect(await readdir(join(directory, 'work'))).toEqual([]);
  });

  it('is unavailable when there is no helm behind setpriv either', async () => {
    const setprivPath = await findDeathSignal();
    const helm = await runnerOf('', { helmPath: '/nonexistent/helm', setprivPath });
    await expect(helm.run(upgrade, limits())).rejects.toMatchObject({ name: 'HelmUnavailable' });
  });
});
