import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { Agent } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Where a kubeconfig of a local cluster leads, and as whom. */
export interface BehindFront {
  readonly server: string;
  readonly token: string | undefined;
}

/** What the first cluster and user of this kubeconfig are; local ones are written as JSON. */
export async function behind(kubeconfigPath: string): Promise<BehindFront> {
  const { clusters, users } = JSON.parse(await readFile(kubeconfigPath, 'utf8')) as {
    readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
    readonly users: readonly { readonly user: { readonly token?: string } }[];
  };
  return { server: clusters[0]?.cluster.server ?? '', token: users[0]?.user.token };
}

/** A server for a front, plain HTTP on a free port of loopback. */
export async function listenInFront(): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 0 });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

/** The kubeconfig that leads to a front, for the holder of this token. */
export function frontKubeconfig(server: Server, token: string | undefined): string {
  const { port } = server.address() as AddressInfo;
  const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'front' },
    clusters: [{ name: 'front', cluster }],
    users: [{ name: 'front', user: { token } }],
    contexts: [{ name: 'front', context: { cluster: 'front', user: 'front' } }],
  });
}

/** Ends a front with whatever is open through it. */
export async function stopFront(server: Server, agent: Agent): Promise<void> {
  agent.destroy();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
}
