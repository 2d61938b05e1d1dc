import { createServer } from 'node:net';
import type { HubConfig } from './config/hub-config.js';

type Address = Pick<HubConfig, 'host' | 'port'>;

/** The hub cannot listen where it was told to; the message says what to do. */
export class PortUnusable extends Error {
  override readonly name = 'PortUnusable';
  readonly retryable = false;
}

/** Throws `PortUnusable` if nobody can listen there now. */
export async function assertPortFree({ host, port }: Address): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => {
      reject(portFailure({ host, port }, error));
    });
    probe.listen(port, host, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}

/** Why listening failed, in words for people where they can do something about it. */
export function portFailure({ host, port }: Address, error: unknown): Error {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new PortUnusable(
        `port ${port} on ${host} is taken; stop what listens there, or choose another with APOLLO_PORT`,
        { cause: error },
      );
    case 'EACCES':
      return new PortUnusable(
        `port ${port} on ${host} is not allowed for this user; choose one above 1023 with APOLLO_PORT`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
      return new PortUnusable(
        `this machine has no address ${host}; choose another with APOLLO_HOST, such as 127.0.0.1`,
        { cause: error },
      );
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}
