import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GoBuildError } from './go-build.js';
import { prepareBinaries } from './prepare-binaries.js';

/** Programs that answer as Go does; the real one takes minutes and is used by the cluster tests. */
const BUILDS = `
  echo "go: downloading k8s.io/api v0.36.3" >&2; echo k8s.io/api/core/v1 >&2
  while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
  case $out in */) for name in kubernetes helm kwok; do echo > "$out$name"; chmod +x "$out$name"; done ;;
  *) echo > "$out"; chmod +x "$out" ;; esac`;
const FAILS = 'echo "dial tcp: lookup proxy: no such host" >&2; exit 1';
const HANGS = 'exec sleep 600';

describe('preparing the binaries', () => {
  const env = { ...process.env };
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'apollo-binaries-'));
    await mkdir(join(root, 'bin'));
    process.env['XDG_CACHE_HOME'] = join(root, 'cache');
    process.env['PATH'] = `${join(root, 'bin')}:/usr/bin:/bin`;
  });

  afterEach(async () => {
    process.env['PATH'] = env['PATH'];
    if (env['XDG_CACHE_HOME'] === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = env['XDG_CACHE_HOME'];
    await rm(root, { recursive: true, force: true });
  });

  it('is refused, with what to do, where there is no Go', async () => {
    process.env['PATH'] = join(root, 'bin');
    expect(await prepareBinaries()).toEqual({
      ok: false,
      error: {
        code: 'local_cluster/go_missing',
        message:
          'Local clusters are built with Go, and no working `go` was found on PATH. Install Go 1.26 ' +
          "or newer (https://go.dev/dl, or your system's package manager) and run this again.",
      },
    });
  });

  it('is refused where Go is too old', async () => {
    await installGo('go1.20.14', BUILDS);
    expect(await prepareBinaries()).toMatchObject({ error: { code: 'local_cluster/go_too_old' } });
  });

  it('builds once and then needs no Go any more', async () => {
    await installGo('go1.26.8', BUILDS);
    const built = await prepareBinaries();
    await rm(join(root, 'bin', 'go'));
    expect(await prepareBinaries()).toEqual(built);
    expect(built).toMatchObject({ ok: true });
  });

  it('tells how far it is, and nothing when all is there already', async () => {
    await installGo('go1.26.8', BUILDS);
    const lines: string[] = [];
    await prepareBinaries({ onProgress: (line) => lines.push(line) });
    expect(lines.at(-1)).toMatch(/with Go: 2 modules fetched, 2 packages compiled, \d+ s/);
    const before = lines.length;
    await prepareBinaries({ onProgress: (line) => lines.push(line) });
    expect(lines).toHaveLength(before);
  });

  it('ends in one complete entry when two start at once', async () => {
    await installGo('go1.26.8', BUILDS);
    const [one, other] = await Promise.all([prepareBinaries(), prepareBinaries()]);
    expect(one).toEqual(other);
    expect(await readdir(join(root, 'cache', 'apollo-deploy'))).toHaveLength(1);
  });

  it('repairs an entry from which a program was removed', async () => {
    await installGo('go1.26.8', BUILDS);
    const built = await prepareBinaries();
    if (built.ok) await rm(built.value.kwok);
    expect(await prepareBinaries()).toEqual(built);
  });

  it('removes what a killed build left behind', async () => {
    await installGo('go1.26.8', BUILDS);
    const cache = join(root, 'cache', 'apollo-deploy');
    await mkdir(join(cache, '.building-999999999-abc'), { recursive: true });
    await prepareBinaries();
    expect(await readdir(cache)).toHaveLength(1);
  });

  it('fails with what Go said last, leaving nothing behind', async () => {
    await installGo('go1.26.8', FAILS);
    const failure = prepareBinaries();
    await expect(failure).rejects.toThrow(GoBuildError);
    await expect(failure).rejects.toThrow('Go said:\ndial tcp: lookup proxy: no such host');
    expect(await readdir(join(root, 'cache', 'apollo-deploy'))).toEqual([]);
  });

  it('can be called off', async () => {
    await installGo('go1.26.8', HANGS);
    const stop = new AbortController();
    const onProgress = () => {
      stop.abort();
    };
    const failure = prepareBinaries({ onProgress, signal: stop.signal });
    await expect(failure).rejects.toThrow('The build of the local-cluster binaries was stopped.');
    expect(await readdir(join(root, 'cache', 'apollo-deploy'))).toEqual([]);
  });

  it.each([
    { name: 'is supported', version: 'v4.2.1', helm: 'path-if-supported', expected: 'bin' },
    { name: 'is too old', version: 'v3.20.2', helm: 'path-if-supported', expected: 'cache' },
    { name: 'was not asked for', version: 'v4.2.1', helm: 'pinned', expected: 'cache' },
  ] as const)('takes Helm from the $expected when the one on PATH $name', async (row) => {
    await installGo('go1.26.8', BUILDS);
    await install('helm', `echo ${row.version}`);
    const prepared = await prepareBinaries({ helm: row.helm });
    expect(prepared.ok && prepared.value.helm.slice(root.length + 1).split('/')[0]).toBe(
      row.expected,
    );
  });

  function installGo(version: string, build: string): Promise<void> {
    return install(
      'go',
      `if [ "$1" = env ]; then printf '${version}\\nlocal\\n'; exit; fi\n${build}`,
    );
  }

  async function install(name: string, script: string): Promise<void> {
    const file = join(root, 'bin', name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
});
