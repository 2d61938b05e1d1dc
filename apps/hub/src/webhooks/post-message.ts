import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Destination } from './receiver-addresses.js';

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What came back. What else it says is not read: it is nobody's business who looks at what failed. */
export interface Answered {
  readonly status: number;
  readonly retryAfter?: string;
}

/** How a message is sent. */
export interface Sending {
  readonly signal: AbortSignal;
  /** Whose certificates are believed, in PEM. Absent: those that Node.js believes. */
  readonly authorities?: readonly string[];
}

/**
 * Sends a message once, to the address of the destination, and answers what came back, whatever it is:
 * redirections are not followed, and proxies that the environment names not asked. By https nothing is sent
 * before the certificate is believed, whatever the environment says. Rejects where nothing comes back, or
 * `signal` ends it.
 */
export function postMessage(
  { url, address, family }: Destination,
  { headers, text }: Message,
  { signal, authorities }: Sending,
): Promise<Answered> {
  const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = {
      ...{ method: 'POST', agent: false, headers, signal, lookup: to(address, family) },
      rejectUnauthorized: true,
      ...(authorities !== undefined && { ca: [...authorities] }),
    };
    const request = make(url, options, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const retryAfter = answered['retry-after'];
      // Whoever sends without end has answered all the same.
      response.on('error', () => undefined).destroy();
      resolve({ status, ...(retryAfter !== undefined && { retryAfter }) });
    });
    request.once('error', reject);
    request.once('upgrade', ({ statusCode: status = 0 }, socket) => {
      socket.destroy();
      resolve({ status });
    });
    request.end(text);
  });
}

/** Leads to an address that was looked at, and to no other. */
function to(address: string, family: 4 | 6): LookupFunction {
  return (_host, { all }, callback) => {
    if (all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}
