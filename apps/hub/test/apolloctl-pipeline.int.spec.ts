import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PipelineScene } from './support/pipeline-scene.js';

const APOLLOCTL = join(import.meta.dirname, '../../cli/dist/main.js');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the pipeline by apolloctl, as a process of its own', () => {
  let scene: PipelineScene;
  let home: string;
  let token: string;
  beforeAll(async () => {
    scene = await PipelineScene.start();
    await scene.service('aria', '1.0.0', '1.1.0');
    home = await mkdtemp(join(tmpdir(), 'apollo-apolloctl-pipeline-'));
    token = join(home, 'token');
    await writeFile(token, scene.sre.authorization.replace('Bearer ', ''), { mode: 0o600 });
  });
  afterAll(async () => {
    await scene.stop();
    await rm(home, { recursive: true });
  });

  function types(line: string, ...more: readonly string[]): Promise<Ended> {
    const args = [APOLLOCTL, ...line.split(' '), ...more, '--hub', scene.client.url];
    return new Promise((resolve) => {
      const child = execFile(process.execPath, args, { env: { PATH: '' } }, (error, out, err) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, out: out.trimEnd(), err: err.trimEnd() });
      });
      child.stdin?.end();
    });
  }

  it('says that there is nothing before there was anything', async () => {
    expect(await types('status aria')).toEqual({
      ...{ code: 0, out: 'No deployment history found', err: '' },
    });
    expect(await types('history aria')).toEqual({ code: 0, out: 'none', err: '' });
  });

  it('deploys, and ends once it has completed', async () => {
    const deployed = await types('deploy aria --version 1.0.0 --reason tested --wait');
    expect(deployed).toMatchObject({ code: 0, err: '' });
    expect(deployed.out).toMatch(
      /^deploy of aria to dev, none -> 1\.0\.0 \(deploy_\d+_aria_\w+\)$/m,
    );
    expect(deployed.out).toMatch(/^ {2}status +completed$/m);
    expect(scene.spoke('dev').done).toEqual(['aria 1.0.0 install']);
  });

  it('is refused the direct way to production, with the way there is', async () => {
    const refused = await types('deploy aria --to prod');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain(
      'Use /promote to move from DEV to PROD, or /hotfix for emergencies.',
    );
  });

  it('promotes, tells whom it waits for, and goes on once they have agreed', async () => {
    const line = 'promote aria --from dev --to prod --reason tested';
    const waits = await types(line, '--wait=2');
    expect(waits.code).toBe(2);
    expect(waits.out).toContain('  from     dev (development), where 1.0.0 runs\n');
    const [plan] = /apolloctl approve \S+/.exec(waits.out) ?? [];
    const [id] = /deploy_\d+_aria_\w+/.exec(waits.err) ?? [];
    expect(
      await types(`${plan?.replace('apolloctl ', '') ?? ''} --yes --token-file ${token}`),
    ).toMatchObject({ code: 0 });
    const followed = await types(`deployment ${id ?? ''} --wait`);
    expect(followed).toMatchObject({ code: 0, err: '' });
    expect(scene.spoke('prod').done).toEqual(['aria 1.0.0 install']);
  });

  it('brings a hotfix with what is owed for it, and takes it back', async () => {
    await types('deploy aria --wait');
    const fixed = await types(
      `hotfix aria --token-file ${token} --wait --reason`,
      'Customers cannot log in',
    );
    expect(fixed).toMatchObject({ code: 0, err: expect.stringContaining('backport to DEV') });
    expect(fixed.err).toMatch(/somebody else has to review that: apolloctl break-glass review \w+/);
    expect(fixed.out).toContain('where 1.0.0 runs');
    const back = await types('rollback aria --reason worse --wait -o json');
    expect(back.code).toBe(0);
    expect(JSON.parse(back.out)).toMatchObject({ status: 'completed', toVersion: '1.0.0' });
    expect(scene.spoke('prod').done).toEqual([
      'aria 1.0.0 install',
      'aria 1.1.0 upgrade',
      'aria 1.0.0 rollback',
    ]);
    const { out } = await types('history aria --environment prod');
    expect(out.split('\n').map((row) => row.split(/ {2,}/).slice(2, 6))).toEqual([
      ['ENVIRONMENT', 'KIND', 'CHANGE', 'STATUS'],
      ['prod', 'rollback', '1.1.0 -> 1.0.0', 'completed'],
      ['prod', 'hotfix', '1.0.0 -> 1.1.0', 'completed'],
      ['prod', 'promote', 'none -> 1.0.0', 'completed'],
    ]);
    expect((await types('status aria')).out).toMatch(/^prod +prod +1\.0\.0 +Healthy +held /m);
  });
});
