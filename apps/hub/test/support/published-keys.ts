import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

export type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An issuer's keys, served as they are now; it can be taken away. */
export class PublishedKeys {
  readonly keys: JWK[] = [];
  asked = 0;
  answer: { status: number; body?: string } = { status: 200 };
  private readonly server: Server = createServer((_, response) => {
    this.asked += 1;
    const { status, body = JSON.stringify({ keys: this.keys }) } = this.answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });

  async listen(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
  }

  async publish(kid: string, alg = 'ES256'): Promise<Pair> {
    const pair = await generateKeyPair(alg);
    this.keys.push({ ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' });
    return pair;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
