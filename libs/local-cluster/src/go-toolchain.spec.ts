import { describe, expect, it } from '@jest/globals';
import { judgeGo } from './go-toolchain.js';

describe('a Go found on PATH', () => {
  it.each([
    { name: 'compiles the module itself', version: 'go1.26.8', toolchain: 'local' },
    { name: 'is exactly the oldest that compiles', version: 'go1.26.0', toolchain: 'local' },
    { name: 'is newer than needed', version: 'go1.30', toolchain: 'auto' },
    { name: 'is a release candidate', version: 'go1.26rc1', toolchain: 'local' },
    { name: 'is built from source', version: 'devel go1.27-1a2b3c Tue', toolchain: 'local' },
    { name: 'is old and fetches a toolchain', version: 'go1.21.0', toolchain: 'auto' },
    {
      name: 'is old and may switch from its default',
      version: 'go1.22.3',
      toolchain: 'go1.22.3+auto',
    },
    {
      name: 'is old and takes a newer one from PATH',
      version: 'go1.25.9',
      toolchain: 'local+path',
    },
    { name: 'is of a second major version', version: 'go2.0', toolchain: 'local' },
  ])('will do when it $name', ({ version, toolchain }) => {
    expect(judgeGo({ version, toolchain })).toEqual({ ok: true, value: { version, toolchain } });
  });

  it.each([
    {
      name: 'knows no toolchains',
      version: 'go1.20.14',
      toolchain: '',
      expected: 'local_cluster/go_too_old',
    },
    {
      name: 'has a version nobody understands',
      version: '',
      toolchain: 'auto',
      expected: 'local_cluster/go_too_old',
    },
    {
      name: 'may use itself only',
      version: 'go1.25.9',
      toolchain: 'local',
      expected: 'local_cluster/go_toolchain_disabled',
    },
    {
      name: 'is pinned to an old toolchain',
      version: 'go1.24.1',
      toolchain: 'go1.24.1',
      expected: 'local_cluster/go_toolchain_disabled',
    },
  ])('is refused with $expected when it $name', ({ version, toolchain, expected }) => {
    expect(judgeGo({ version, toolchain })).toMatchObject({ ok: false, error: { code: expected } });
  });

  it('is refused with words that say what it is, what is needed and what to do', () => {
    expect(judgeGo({ version: 'go1.25.9', toolchain: 'local' })).toMatchObject({
      error: {
        message:
          'The Go on PATH is go1.25.9, local clusters need 1.26, and GOTOOLCHAIN=local forbids Go to ' +
          'fetch it. Set GOTOOLCHAIN=auto, or install a newer Go (https://go.dev/dl), and run this again.',
      },
    });
  });
});
