import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { readSpokeConfig } from '../spoke-config.js';
import { startSpoke } from '../start-spoke.js';
import { readHealthRules } from './read-health-rules.js';

describe('the health rules of a spoke', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-health-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(content: unknown): Promise<string> {
    const path = join(folder, 'rules.json');
    await writeFile(path, JSON.stringify(content));
    return path;
  }

  it('are one for each kind in the file', async () => {
    const rule = { group: 'certs.example.com', kind: 'Certificate', healthy: [{ type: 'Ready' }] };
    const rules = await readHealthRules(await file({ rules: [rule] }));
    expect(Object.keys(rules)).toEqual(['Certificate.certs.example.com']);
  });

  it('end the spoke that cannot use them, with a line for each problem', async () => {
    const path = await file({ rules: [{ group: '', kind: 'gadget', healthy: {} }] });
    const env = {
      APOLLO_HUB_URL: 'http://127.0.0.1:1',
      APOLLO_SPOKE_TOKEN: 'a-token-of-this-spoke',
      APOLLO_HEALTH_RULES_FILE: path,
    };
    const config = readSpokeConfig(env, { cores: 1, homeDirectory: folder });
    if (!config.ok) throw new Error('this configuration is usable');
    await expect(startSpoke(config.value, pino({ level: 'silent' }))).rejects.toMatchObject({
      name: 'HealthRulesUnusable',
      message: [
        `APOLLO_HEALTH_RULES_FILE ${path}: rules[0].kind is not usable; give a kind as it is written in manifests, such as Certificate`,
        `APOLLO_HEALTH_RULES_FILE ${path}: rules[0].healthy is not usable; give 1 to 20 conditions, each as {"type": …, "status": …, "reasons": […]}, or [] if existing is enough`,
      ].join('\n'),
    });
  });

  it('name the variable of a file that is not there', async () => {
    await expect(readHealthRules(join(folder, 'nowhere'))).rejects.toThrow(
      'check APOLLO_HEALTH_RULES_FILE',
    );
  });
});
