import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { binariesIn, cacheKey, cacheRoot, type BuildInputs } from './binary-cache.js';

const INPUTS: BuildInputs = {
  platform: 'linux',
  arch: 'x64',
  linkerFlags: '-s -w',
  sources: { 'go.mod': 'module a', 'main.go': 'package main' },
};

describe('cache root', () => {
  it.each([
    {
      name: 'XDG_CACHE_HOME is set',
      env: { XDG_CACHE_HOME: '/var/cache' },
      expected: '/var/cache/apollo-deploy',
    },
    { name: 'nothing is set', env: {}, expected: join(homedir(), '.cache/apollo-deploy') },
    {
      name: 'XDG_CACHE_HOME is empty',
      env: { XDG_CACHE_HOME: '' },
      expected: join(homedir(), '.cache/apollo-deploy'),
    },
    {
      name: 'XDG_CACHE_HOME is relative',
      env: { XDG_CACHE_HOME: 'cache' },
      expected: join(homedir(), '.cache/apollo-deploy'),
    },
  ])('is $expected when $name', ({ env, expected }) => {
    expect(cacheRoot(env)).toBe(expected);
  });
});

describe('cache key', () => {
  it('names the versions, the machine and a digest', () => {
    expect(cacheKey(INPUTS)).toMatch(
      /^kubernetes-1\.36\.3-helm-4\.3\.1-kwok-0\.8\.0-linux-x64-[0-9a-f]{16}$/,
    );
  });

  it('does not depend on the order in which the sources were read', () => {
    const sources = { 'main.go': 'package main', 'go.mod': 'module a' };
    expect(cacheKey({ ...INPUTS, sources })).toBe(cacheKey(INPUTS));
  });

  it.each<{ name: string; change: Partial<BuildInputs> }>([
    { name: 'the system', change: { platform: 'darwin' } },
    { name: 'the processor', change: { arch: 'arm64' } },
    { name: 'the linker flags', change: { linkerFlags: '-s' } },
    { name: 'the program', change: { sources: { ...INPUTS.sources, 'main.go': 'package other' } } },
    { name: 'a module version', change: { sources: { ...INPUTS.sources, 'go.mod': 'module b' } } },
  ])('changes with $name', ({ change }) => {
    expect(cacheKey({ ...INPUTS, ...change })).not.toBe(cacheKey(INPUTS));
  });

  it('leads to all programs in one folder', () => {
    expect(binariesIn('/cache/key')).toEqual({
      kubernetes: '/cache/key/kubernetes',
      helm: '/cache/key/helm',
      helm3: '/cache/key/helm-3',
      kwok: '/cache/key/kwok',
    });
  });
});
