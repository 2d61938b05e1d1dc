import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimPorts, parsePorts, releasePorts } from './ports.js';

describe('claiming ports', () => {
  let directory: string;
  let file: string;
  let intruder: Server | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apollo-ports-'));
    file = join(directory, 'ports.json');
  });

  afterEach(async () => {
    intruder?.close();
    intruder = undefined;
    await rm(directory, { recursive: true, force: true });
  });

  it('writes four different ports down', async () => {
    const ports = await claimPorts(file);
    releasePorts(ports);
    expect(new Set(Object.values(ports)).size).toBe(4);
    expect(parsePorts(await readFile(file, 'utf8'))).toEqual(ports);
  });

  it('takes the same ports again at the next start', async () => {
    const first = await claimPorts(file);
    releasePorts(first);
    const second = await claimPorts(file);
    releasePorts(second);
    expect(second).toEqual(first);
  });

  it('replaces only the port that somebody else has taken', async () => {
    const first = await claimPorts(file);
    releasePorts(first);
    intruder = createServer().listen(first.api, '127.0.0.1');
    await once(intruder, 'listening');
    const second = await claimPorts(file);
    releasePorts(second);
    expect(second).toEqual({ ...first, api: second.api });
    expect(second.api).not.toBe(first.api);
    expect(parsePorts(await readFile(file, 'utf8'))).toEqual(second);
  });

  it('never gives the same port to two clusters that start at once', async () => {
    const claims = [1, 2, 3].map((n) => claimPorts(join(directory, `${String(n)}.json`)));
    const ports = await Promise.all(claims);
    ports.forEach(releasePorts);
    const numbers = ports.flatMap((p) => [p.api, p.etcdClient, p.etcdPeer, p.kwok]);
    expect(new Set(numbers).size).toBe(12);
  });

  it('starts over from a damaged file', async () => {
    await writeFile(file, '{"api": 21');
    const ports = await claimPorts(file);
    releasePorts(ports);
    expect(parsePorts(await readFile(file, 'utf8'))).toEqual(ports);
  });
});
