import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** What a message is known by, and what is signed along with it. */
export interface SignedMessage {
  /** The same whenever it is sent again. */
  readonly id: string;
  readonly sentAt: Date;
  readonly text: string;
}

/** The headers of Standard Webhooks 1.0: one signature for each secret (`whsec_` and base64). */
export function signedHeaders(
  { id, sentAt, text }: SignedMessage,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`);
    return `v1,${mac.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}
