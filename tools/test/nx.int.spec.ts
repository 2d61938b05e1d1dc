import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { FOLDERS, packageName } from './workspace-fixture.js';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

async function nx(...args: readonly string[]): Promise<string> {
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    NODE_OPTIONS: '',
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NO_COLOR: '1',
  };
  const program = join(ROOT, 'node_modules', '.bin', 'nx');
  return (await run(program, [...args], { cwd: ROOT, env })).stdout;
}

describe('nx', () => {
  it('knows every package', async () => {
    const projects = JSON.parse(await nx('show', 'projects', '--json')) as string[];
    const packages = projects.filter((name) => name.startsWith('@apollo-deploy/'));
    expect(packages.sort()).toEqual(FOLDERS.map(packageName).sort());
  });

  it('builds a package', async () => {
    expect(await nx('run-many', '-t', 'build', '-p', 'kernel', '--skip-nx-cache')).toContain(
      'Successfully ran target build for project @apollo-deploy/kernel',
    );
  });
});
