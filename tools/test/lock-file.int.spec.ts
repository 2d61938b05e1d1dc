import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const TEXT = readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(TEXT) as {
  packages: Record<string, { version?: string; resolved?: string }>;
};

describe('the lock file', () => {
  it('names no host that packages are fetched from', () => {
    const hosts = Object.values(packages).flatMap(({ resolved }) => resolved ?? []);
    expect(hosts.filter((it) => it.includes('://'))).toEqual([]);
  });

  it.each(['@nestjs/common', '@nestjs/core', 'typebox', 'reflect-metadata'])(
    'has one copy of %s, since two would not know each other',
    (name) => {
      const copies = Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));
      expect(copies).toEqual([`node_modules/${name}`]);
    },
  );

  it.each([{ name: 'ws', floor: '8.23.0', because: 'floods of tiny fragments and of pongs' }])(
    'has $name from $floor on, because of $because',
    ({ name, floor }) => {
      const versions = Object.entries(packages)
        .filter(([path]) => path.endsWith(`node_modules/${name}`))
        .map(([, { version = '' }]) => version);
      const older = versions.filter((version) => compareNumbers(version, floor) < 0);
      expect([versions.length > 0, older]).toEqual([true, []]);
    },
  );
});

/** Of versions that are three numbers. */
function compareNumbers(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  const at = [0, 1, 2].find((index) => a?.[index] !== b?.[index]) ?? 0;
  return (a?.[at] ?? 0) - (b?.[at] ?? 0);
}
