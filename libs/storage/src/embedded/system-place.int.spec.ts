import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binariesIn } from './postgres-binaries.js';
import { readableBinaries } from './readable-binaries.js';
import { openSystemPlace } from './system-place.js';
import { mayTraverse } from './traversal.js';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? it : it.skip;
const why = isRoot ? '' : ' (skipped: the tests do not run as root)';

/** Somebody who is not the one that runs the tests. */
const STRANGER = { uid: 54_321, gid: 54_322 };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'apollo-place-'));
  await chmod(root, 0o755);
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('the way to a folder', () => {
  const OWN = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  it.each([
    { name: 'open to all', mode: 0o755, account: STRANGER, expected: true },
    { name: 'passable only', mode: 0o711, account: STRANGER, expected: true },
    { name: 'readable and not passable', mode: 0o744, account: STRANGER, expected: false },
    { name: 'shut', mode: 0o700, account: STRANGER, expected: false },
    { name: 'open to the group, for a stranger', mode: 0o710, account: STRANGER, expected: false },
    {
      name: 'open to the group, for a member',
      mode: 0o710,
      account: { uid: STRANGER.uid, gid: OWN.gid },
      expected: true,
    },
    { name: 'open to its owner', mode: 0o700, account: OWN, expected: true },
    { name: 'open to all but its owner', mode: 0o077, account: OWN, expected: false },
  ])('through one that is $name: $expected', async ({ mode, account, expected }) => {
    const folder = join(root, 'outer');
    await mkdir(join(folder, 'inner'), { recursive: true });
    await chmod(folder, mode);
    expect(await mayTraverse(folder, account)).toBe(expected);
    await chmod(folder, 0o755);
  });

  asRoot(`is shut by any folder above${why}`, async () => {
    await mkdir(join(root, 'a', 'b', 'c'), { recursive: true });
    expect(await mayTraverse(join(root, 'a', 'b', 'c'), STRANGER)).toBe(true);
    await chmod(join(root, 'a'), 0o700);
    expect(await mayTraverse(join(root, 'a', 'b', 'c'), STRANGER)).toBe(false);
  });
});

describe('a place for what another account must read', () => {
  it('is the first that can be made, passable whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      const places = [join(root, 'missing', 'place'), join(root, 'second'), join(root, 'third')];
      expect(await openSystemPlace(STRANGER, places)).toBe(join(root, 'second'));
    } finally {
      process.umask(before);
    }
    expect((await stat(join(root, 'second'))).mode & 0o777).toBe(0o711);
  });

  it('is not one that the account cannot get into', async () => {
    await mkdir(join(root, 'shut'), { mode: 0o700 });
    const places = [join(root, 'shut'), join(root, 'open')];
    expect(await openSystemPlace(STRANGER, places)).toBe(join(root, 'open'));
  });

  it.each([
    { name: 'everybody can write to', mode: 0o777 },
    { name: 'its group can write to', mode: 0o775 },
  ])('is refused if it is one that $name', async ({ mode }) => {
    const place = join(root, 'place');
    await mkdir(place);
    await chmod(place, mode);
    await expect(openSystemPlace(STRANGER, [place])).rejects.toThrow('cannot be trusted');
  });

  it('is refused if it is a link', async () => {
    await mkdir(join(root, 'target'));
    await symlink(join(root, 'target'), join(root, 'place'));
    await expect(openSystemPlace(STRANGER, [join(root, 'place')])).rejects.toThrow(
      'cannot be trusted',
    );
  });

  asRoot(`is refused if another user made it${why}`, async () => {
    const place = join(root, 'place');
    await mkdir(place, { mode: 0o755 });
    await chown(place, STRANGER.uid, STRANGER.gid);
    await expect(openSystemPlace(STRANGER, [place])).rejects.toThrow('cannot be trusted');
  });

  it('is said to be missing where there is none', async () => {
    await expect(openSystemPlace(STRANGER, [join(root, 'a', 'b')])).rejects.toThrow(
      'start Apollo as another user than root, or set DATABASE_URL',
    );
  });
});

describe('binaries for another account', () => {
  const native = (): string => join(root, 'package', 'native');

  beforeEach(async () => {
    for (const folder of ['bin', 'lib', 'share']) {
      await mkdir(join(native(), folder), { recursive: true });
    }
    for (const program of ['postgres', 'initdb']) {
      await writeFile(join(native(), 'bin', program), program);
      await chmod(join(native(), 'bin', program), 0o755);
    }
    await writeFile(join(native(), 'lib', 'libpq.so.5.18'), 'library');
    await symlink('libpq.so.5.18', join(native(), 'lib', 'libpq.so.5'));
  });

  it('are those that are installed, if it can run them', async () => {
    const binaries = binariesIn(native());
    expect(await readableBinaries(binaries, STRANGER, [join(root, 'place')])).toBe(binaries);
    expect(await readableBinaries(binaries, undefined)).toBe(binaries);
  });

  it.each([
    { name: 'a folder above them is shut', shut: ['package'], mode: 0o700 },
    {
      name: 'they were installed for one user only',
      shut: ['package/native/bin/postgres'],
      mode: 0o700,
    },
    { name: 'their libraries are shut', shut: ['package/native/lib'], mode: 0o700 },
  ])('are copied once, open to all, if $name', async ({ shut, mode }) => {
    for (const path of shut) await chmod(join(root, path), mode);
    const place = [join(root, 'place')];
    const copy = await readableBinaries(binariesIn(native()), STRANGER, place);
    expect(copy.postgres.startsWith(join(root, 'place'))).toBe(true);
    expect(await mayTraverse(join(copy.directory, 'lib'), STRANGER)).toBe(true);
    expect((await stat(copy.postgres)).mode & 0o777).toBe(0o755);
    expect((await stat(join(copy.directory, 'lib', 'libpq.so.5.18'))).mode & 0o777).toBe(0o644);
    expect(await readlink(join(copy.directory, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    const { ino } = await stat(copy.postgres);
    const again = await readableBinaries(binariesIn(native()), STRANGER, place);
    expect(again).toEqual(copy);
    expect((await stat(again.postgres)).ino).toBe(ino);
  });
});
