import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseJson } from '@apollo-deploy/kernel';
import { readIfThere } from './read-if-there.js';

/** The loopback ports of one cluster. */
export interface ClusterPorts {
  readonly api: number;
  readonly etcdClient: number;
  readonly etcdPeer: number;
  readonly kwok: number;
}

const NAMES = ['api', 'etcdClient', 'etcdPeer', 'kwok'] as const;
/** Below the ports that systems hand to outgoing connections, which could take one at any moment. */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
const ATTEMPTS = 200;
const PATIENCE_MS = 500;
const POLL_MS = 20;

/** Ports chosen in this process for a cluster that may not listen on them yet. */
const reserved = new Set<number>();

/**
 * The ports kept in `file` from an earlier start where they are free, and free ones in place of the
 * others; writes the outcome back. Throws `NoFreePort` when the machine has none left to give.
 */
export async function claimPorts(file: string): Promise<ClusterPorts> {
  const kept = parsePorts(await readIfThere(file));
  const chosen: number[] = [];
  for (const name of NAMES) {
    const earlier = kept?.[name];
    const free = earlier !== undefined && (await reserveSoon(earlier));
    chosen.push(free ? earlier : await reserveAny());
  }
  const [api = 0, etcdClient = 0, etcdPeer = 0, kwok = 0] = chosen;
  const ports = { api, etcdClient, etcdPeer, kwok };
  await writeFile(file, `${JSON.stringify(ports, null, 2)}\n`);
  return ports;
}

/** To be called when the cluster listens on them or has given up. */
export function releasePorts(ports: ClusterPorts): void {
  for (const name of NAMES) reserved.delete(ports[name]);
}

/** What a ports file says; undefined when it is missing or damaged, which costs nothing but new ports. */
export function parsePorts(text: string | undefined): ClusterPorts | undefined {
  const kept = parseJson(text ?? '');
  if (typeof kept !== 'object' || kept === null) return undefined;
  const values = new Map<string, unknown>(Object.entries(kept));
  const [api, etcdClient, etcdPeer, kwok] = NAMES.map((name) => values.get(name));
  if (!isPort(api) || !isPort(etcdClient) || !isPort(etcdPeer) || !isPort(kwok)) return undefined;
  const distinct = new Set([api, etcdClient, etcdPeer, kwok]).size === NAMES.length;
  return distinct ? { api, etcdClient, etcdPeer, kwok } : undefined;
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1024 && Number(value) <= 65_535;
}

/** No port could be had; other programs hold all that were tried. */
export class NoFreePort extends Error {
  override readonly name = 'NoFreePort';
  readonly retryable = true;
}

async function reserveAny(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
    if (await reserve(port)) return port;
  }
  throw new NoFreePort(
    `None of ${String(ATTEMPTS)} ports tried between ${String(LOWEST_PORT)} and ${String(HIGHEST_PORT)} on ` +
      '127.0.0.1 is free. Stop programs that listen there and try again.',
  );
}

/** A process that was killed a moment ago may hold its ports a moment longer. */
async function reserveSoon(port: number): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await reserve(port))) {
    if (performance.now() > deadline) return false;
    await wait(POLL_MS);
  }
  return true;
}

async function reserve(port: number): Promise<boolean> {
  if (reserved.has(port)) return false;
  reserved.add(port);
  if (await isFree(port)) return true;
  reserved.delete(port);
  return false;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
