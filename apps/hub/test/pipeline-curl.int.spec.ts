import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PipelineScene } from './support/pipeline-scene.js';

const run = promisify(execFile);

/** As people have them in their notes; only the address of the hub is another one here. */
const HEALTH = 'curl http://localhost:8234/health';
const RULES = 'curl http://localhost:8234/rules';
const TO_DEV = `curl -X POST http://localhost:8234/deploy \\
  -H "Content-Type: application/json" \\
  -d '{"service": "test-service", "target_env": "dev"}'`;
const TO_PROD = `curl -X POST http://localhost:8234/deploy \\
  -H "Content-Type: application/json" \\
  -d '{"service": "test-service", "target_env": "prod"}'`;
const DEPLOY = `curl -X POST http://localhost:8234/deploy \\
  -d '{"service": "aria-frontend", "target_env": "dev"}'`;
const PROMOTE = `curl -X POST http://localhost:8234/promote \\
  -d '{"service": "aria-frontend", "from_env": "dev", "to_env": "prod", "reason": "Tested and verified"}'`;
const HOTFIX = `curl -X POST http://localhost:8234/hotfix \\
  -d '{"service": "aria-frontend", "reason": "Critical auth bug affecting all users"}'`;
const ROLLBACK = `curl -X POST http://localhost:8234/rollback \\
  -d '{"service": "aria-frontend", "reason": "Deployment broke login"}'`;

describe('the pipeline by curl', () => {
  let scene: PipelineScene;
  let home: string;
  beforeAll(async () => {
    scene = await PipelineScene.start();
    await scene.service('test-service', '1.0.0');
    await scene.service('aria-frontend', '1.0.0');
    home = await mkdtemp(join(tmpdir(), 'apollo-curl-'));
    await writeFile(join(home, '.curlrc'), 'silent\nwrite-out = "\\n%{http_code}"\n');
  });
  afterAll(async () => {
    await scene.stop();
    await rm(home, { recursive: true });
  });

  async function curl(line: string) {
    const command = line.replace('localhost:8234', `127.0.0.1:${String(scene.port)}`);
    const env = { PATH: process.env['PATH'], CURL_HOME: home, no_proxy: '*' };
    const { stdout } = await run('sh', ['-c', command], { env });
    const [text = '', status] = stdout.split(/\n(?=\d+$)/);
    return { status: Number(status), body: JSON.parse(text) as unknown };
  }

  it('tells how it is, and by which rules it goes', async () => {
    expect(await curl(HEALTH)).toMatchObject({
      status: 200,
      body: { status: 'healthy', agent: 'APOLLO', role: 'Deployment Orchestrator' },
    });
    expect(await curl(RULES)).toMatchObject({
      status: 200,
      body: { valid_promotion_paths: ['DEV → STAGING', 'DEV → PROD', 'STAGING → PROD'] },
    });
  });

  it('deploys to dev, and never directly to prod', async () => {
    expect(await curl(TO_DEV)).toMatchObject({
      status: 200,
      body: { status: 'completed', message: 'Deployment to dev completed' },
    });
    expect(await curl(TO_PROD)).toMatchObject({
      status: 403,
      body: {
        detail:
          'Direct deployment to PROD is forbidden. Use /promote to move from DEV to PROD, or /hotfix for emergencies.',
      },
    });
    expect(scene.spoke('dev').done).toEqual(['test-service 1.0.0 install']);
    expect(scene.spoke('prod').done).toEqual([]);
  });

  it('deploys, promotes, brings a hotfix and rolls back', async () => {
    expect(await curl(DEPLOY)).toMatchObject({ status: 200, body: { status: 'completed' } });

    const promoting = curl(PROMOTE);
    await scene.agree();
    expect(await promoting).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'completed', message: 'Promotion completed' },
        ...{ promoted_from: 'dev', promoted_to: 'prod' },
      },
    });

    await scene.release('aria-frontend', '1.0.1');
    expect(await curl(DEPLOY)).toMatchObject({ status: 200, body: { status: 'completed' } });
    const fixing = curl(HOTFIX);
    await scene.agree();
    expect(await fixing).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'completed', message: 'Hotfix completed' },
        warning: 'This was a HOTFIX deployment. Please backport to DEV.',
      },
    });

    expect(await curl(ROLLBACK)).toMatchObject({
      status: 200,
      body: { status: 'rolled_back', service: 'aria-frontend', rolled_back_to: '1.0.0' },
    });
    expect(scene.spoke('prod').done).toEqual([
      'aria-frontend 1.0.0 install',
      'aria-frontend 1.0.1 upgrade',
      'aria-frontend 1.0.0 rollback',
    ]);
  });
});
