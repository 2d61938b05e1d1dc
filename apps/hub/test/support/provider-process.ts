import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const SCRIPT = join(import.meta.dirname, 'oidc-provider.mjs');

/** A real OpenID provider in a process of its own. Each start has new keys and knows no old code. */
export class ProviderProcess {
  private child: ChildProcess | undefined;

  constructor(
    private readonly port: number,
    private readonly redirectUri: string,
  ) {}

  get issuer(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [SCRIPT, String(this.port), this.redirectUri], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] },
    });
    this.child = child;
    const ended = once(child, 'exit').then(() => {
      throw new Error('the OpenID provider ended before it was ready');
    });
    await Promise.race([once(child.stdout, 'data'), ended]);
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
