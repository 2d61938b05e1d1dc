import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Json } from '@apollo-deploy/kernel';
import { HUB_VERSION } from '../platform/hub-version.js';
import type { Timer } from '../spokes/timer.js';
import { ReceiverUnavailable } from './receiver-unavailable.js';

/** The longest answer that is read; of a longer one so much is, in bytes. */
const ANSWER_MAX = 64 * 1024;
/** The most that is quoted of an answer, in characters. */
const QUOTED_MAX = 200;

/** Somebody to be asked or told. */
export interface ReceiverAddress {
  /** As people know it: CHRONOS. */
  readonly name: string;
  /** Without a slash at its end; what is called comes after it. */
  readonly url: string;
  /** For a whole answer. */
  readonly timeoutMs: number;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** From its first slash; encoded. */
  readonly path: string;
  readonly body?: Json;
  /** The same for each call that asks for the same, so that who knows the header does it once. */
  readonly idempotencyKey?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** There was more than is read. */
  readonly cut: boolean;
}

/**
 * Makes one call and answers what came back, whatever it is: redirections are not followed, and
 * proxies that the environment names not asked. Never calls twice. Throws `ReceiverUnavailable` where no
 * whole answer comes in time.
 */
export function callReceiver(address: ReceiverAddress, call: Call, timer: Timer): Promise<Answer> {
  const { name, url, timeoutMs } = address;
  return new Promise((resolve, reject) => {
    const request = open(`${url}${call.path}`, call);
    let reached = false;
    request.once('socket', (socket) => {
      socket.once('connect', () => {
        reached = true;
      });
    });
    const cancel = timer.after(timeoutMs, () => {
      request.destroy(new Error(`no whole answer within ${timeoutMs / 1000} s`));
    });
    const fail = (error: Error): void => {
      cancel();
      const what = `${name} did not answer ${call.method} ${call.path}: ${error.message}`;
      reject(new ReceiverUnavailable(what, reached, { cause: error }));
    };
    request.once('error', fail);
    request.once('upgrade', (_response, socket) => {
      socket.destroy();
      fail(new Error('it answered 101 and wants to speak something else than HTTP'));
    });
    request.once('response', (response) => {
      read(response, fail, (answer) => {
        cancel();
        resolve(answer);
      });
    });
    request.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });
}

/** On a connection of its own: a kept one that turns out to be closed would have to be called again. */
function open(url: string, { method, body, idempotencyKey }: Call): ClientRequest {
  const make = url.startsWith('https:') ? httpsRequest : httpRequest;
  return make(url, {
    method,
    agent: false,
    headers: {
      accept: 'application/json',
      'user-agent': `apollo/${HUB_VERSION}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
  });
}

function read(
  response: IncomingMessage,
  fail: (error: Error) => void,
  done: (answer: Answer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const end = (cut: boolean): void => {
    const text = Buffer.concat(chunks).subarray(0, ANSWER_MAX).toString('utf8');
    done({ status: response.statusCode ?? 0, text, cut });
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= ANSWER_MAX) return;
    response.removeAllListeners('data').destroy();
    end(true);
  });
  response.once('end', () => {
    end(false);
  });
  response.on('error', fail);
}

/** What came back, for a sentence that can be stored and shown: its status and how it begins. */
export function quoted({ status, text }: Answer): string {
  const plain = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  // Half of a pair of surrogates is no text.
  const cut = plain.slice(0, QUOTED_MAX).replace(/[\uD800-\uDBFF]$/, '');
  const shown = plain.length <= QUOTED_MAX ? plain : `${cut}…`;
  return shown === '' ? `${status} and nothing else` : `${status}: ${shown}`;
}
