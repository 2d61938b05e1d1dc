import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** What a token says besides, or instead of, what it has to; `undefined` leaves a claim out. */
export interface TokenChange {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** As much of an identity provider as a logout takes: it says where its keys are, and signs with one. */
export class LogoutIssuer {
  /** How often its keys were asked for. */
  asked = 0;
  /** While true, it answers 503 to everything. */
  isDown = false;
  private count = 0;

  private constructor(
    private readonly server: Server,
    private readonly key: PrivateKey,
  ) {}

  static async start(): Promise<LogoutIssuer> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }];
    const server = createServer((request, response) => {
      const { url } = issuer;
      const isKeys = request.url === '/keys';
      if (isKeys) issuer.asked += 1;
      const said = isKeys ? { keys } : metadataOf(url);
      response.writeHead(issuer.isDown ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(said));
    });
    const issuer = new LogoutIssuer(server, privateKey);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Says that `subject` has logged out of the client `apollo`. */
  token(
    subject: string,
    now: Date,
    { claims = {}, header = {} }: TokenChange = {},
    key: PrivateKey | Uint8Array = this.key,
  ): Promise<string> {
    const seconds = Math.floor(now.getTime() / 1000);
    const jti = `message-${String((this.count += 1))}`;
    const payload: JWTPayload = {
      ...{ iss: this.url, aud: 'apollo', iat: seconds, exp: seconds + 120, jti, sub: subject },
      ...{ events: { [EVENT]: {} }, ...claims },
    };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt', kid: 'one', ...header })
      .sign(key);
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

function metadataOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}
