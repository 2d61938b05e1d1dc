import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { ProcProcessTable } from './process-table.js';

describe('the processes of this machine', () => {
  it('hold this one, with a start that stays the same', async () => {
    const table = new ProcProcessTable();
    const [first, second] = [await table.list(), await table.list()];
    if (process.platform !== 'linux') return expect(first).toBeNull();
    const mine = first?.find(({ pid }) => pid === process.pid);
    expect(mine?.argv.length).toBeGreaterThan(0);
    expect(second).toContainEqual(mine);
    expect(await table.find(process.pid)).toEqual(mine);
  });

  it('are unknown where the system does not tell, rather than none', async () => {
    expect(await new ProcProcessTable('/nowhere').list()).toBeNull();
    expect(await new ProcProcessTable(tmpdir()).list()).toBeNull();
    expect(await new ProcProcessTable('/nowhere').find(process.pid)).toBeNull();
  });
});
