import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const TEXT = readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(TEXT) as { packages: Record<string, { resolved?: string }> };

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
});
