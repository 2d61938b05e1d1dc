import { describe, expect, it } from '@jest/globals';
import { aReport } from '../testing/spokes/spoke-scene.js';
import { FullStateAssembly } from './full-state-assembly.js';

const MIB = 1024 * 1024;
const part = (number: number, parts = 3, generation = 5) => ({
  generation,
  part: number,
  parts,
  releases: [aReport(`release-${number}`)],
});

describe('a full state', () => {
  it('is complete with its last part, and holds the releases of all', () => {
    const assembly = new FullStateAssembly();
    expect(assembly.add(part(1), 100)).toEqual({ kind: 'partial' });
    expect(assembly.open).toBe(true);
    expect(assembly.add(part(2), 100)).toEqual({ kind: 'partial' });
    expect(assembly.add(part(3), 100)).toEqual({
      kind: 'complete',
      generation: 5,
      releases: [aReport('release-1'), aReport('release-2'), aReport('release-3')],
    });
    expect(assembly.open).toBe(false);
  });

  it('begins anew with a first part', () => {
    const assembly = new FullStateAssembly();
    assembly.add(part(1), 100);
    assembly.add(part(2), 100);
    expect(assembly.add(part(1, 1, 6), 100)).toMatchObject({
      kind: 'complete',
      generation: 6,
      releases: [{ releaseName: 'release-1' }],
    });
  });

  it.each([
    { name: 'its last part alone', parts: [part(3)] },
    { name: 'a part left out', parts: [part(1), part(3)] },
    { name: 'a part twice', parts: [part(1), part(2), part(2)] },
    { name: 'a part of another generation', parts: [part(1), part(2, 3, 6)] },
    { name: 'another number of parts', parts: [part(1), part(2, 2)] },
    { name: 'a part after the last', parts: [part(1, 1), part(2, 1)] },
  ])('is asked for again after $name', ({ parts }) => {
    const assembly = new FullStateAssembly();
    const steps = parts.map((each) => assembly.add(each, 100).kind);
    expect(steps.at(-1)).toBe('out_of_order');
    expect(assembly.open).toBe(false);
  });

  it.each([
    { name: 'of 32 MiB', last: 2 * MIB, expected: 'complete' },
    { name: 'of one character more', last: 2 * MIB + 1, expected: 'too_large' },
  ])('is bounded: one $name', ({ last, expected }) => {
    const assembly = new FullStateAssembly();
    for (let number = 1; number <= 30; number += 1) assembly.add(part(number, 31), MIB);
    expect(assembly.add(part(31, 31), last).kind).toBe(expected);
  });
});
