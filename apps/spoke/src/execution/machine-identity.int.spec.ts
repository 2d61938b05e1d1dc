import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readMachineIdentity } from './machine-identity.js';

describe('the identity of this machine', () => {
  it('stays the same while it runs', async () => {
    const [first, second] = [await readMachineIdentity(), await readMachineIdentity()];
    if (process.platform !== 'linux') return expect(first).toBeNull();
    expect(first?.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(first?.pidNamespace).toMatch(/^pid:\[\d+\]$/);
    expect(second).toEqual(first);
  });

  it('is unknown where the system does not tell', async () => {
    expect(await readMachineIdentity({ proc: '/nowhere' })).toBeNull();
  });

  it('has no machine id where there is none, or an empty one', async () => {
    if (process.platform !== 'linux') return;
    const etc = await mkdtemp(join(tmpdir(), 'apollo-etc-'));
    try {
      expect(await readMachineIdentity({ etc })).toMatchObject({ machineId: null });
      await writeFile(join(etc, 'machine-id'), '\n');
      expect(await readMachineIdentity({ etc })).toMatchObject({ machineId: null });
      await writeFile(join(etc, 'machine-id'), 'abc\n');
      expect(await readMachineIdentity({ etc })).toMatchObject({ machineId: 'abc' });
    } finally {
      await rm(etc, { recursive: true });
    }
  });
});
