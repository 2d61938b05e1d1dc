import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { detectHelm, findDeathSignal } from './detect-helm.js';

describe('detectHelm', () => {
  it('says where it looked when there is nothing', async () => {
    expect(await detectHelm('/nonexistent/helm')).toMatchObject({
      ok: false,
      error: {
        code: 'helm/not_found',
        message: expect.stringContaining('/nonexistent/helm cannot be run'),
      },
    });
  });

  it('does not take another program for Helm', async () => {
    expect(await detectHelm('/bin/echo')).toMatchObject({
      ok: false,
      error: { code: 'helm/version_unreadable' },
    });
  });
});

describe('findDeathSignal', () => {
  it('finds none where there is none', async () => {
    expect(await findDeathSignal('/nonexistent/setpriv')).toBeNull();
    expect(await findDeathSignal('/bin/false')).toBeNull();
  });

  it('finds one that ends a process together with its parent', async () => {
    const setpriv = await findDeathSignal();
    expect(setpriv === null).toBe(process.platform !== 'linux');
    if (setpriv === null) return;
    // The child holds the output open, so its end shows that the child is dead.
    const text = `${setpriv} --pdeathsig KILL -- sh -c 'echo up; exec sleep 60' & wait`;
    const parent = spawn('/bin/sh', ['-c', text], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(parent.stdout, 'data');
    const startedMs = performance.now();
    parent.kill('SIGKILL');
    await once(parent.stdout, 'close');
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });
});
