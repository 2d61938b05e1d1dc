import { type Static, type TSchema, Type } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { plain } from '../output/plain.js';
import { HubRefusal, isProblem } from './hub-refusal.js';
import { Unreachable } from './unreachable.js';

/** The hub is given up on after so long, in milliseconds. */
const PATIENCE_MS = 30_000;

/** What the hub answered. */
export interface Answer<T> {
  readonly body: T;
  /** As it was sent. */
  readonly text: string;
}

/** A page of a list, as the hub answers it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface Sending {
  readonly body?: object;
  /** The version that was seen: nothing is done if it is another one by now. */
  readonly seen?: number;
  /** Nothing is done if there is one already. */
  readonly onlyNew?: boolean;
  /** What the hub may do otherwise than it does by itself (RFC 7240), such as `wait=0`. */
  readonly prefer?: string;
}

/**
 * The REST API of one hub, for one account. Ends the command with a `HubRefusal` where the hub says
 * no, with `Unreachable` where nothing answers, and with a `CommandEnded` where it is no hub that does.
 */
export class HubClient {
  constructor(
    readonly url: string,
    private readonly token: string | undefined,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  /** `shape` is what a reader of the answer relies on; whatever else it holds is let be. */
  async get<S extends TSchema>(path: string, shape: S): Promise<Answer<Static<S>>> {
    return this.send('GET', path, shape);
  }

  async list<S extends TSchema>(path: string, item: S): Promise<Answer<Page<Static<S>>>> {
    const page = Type.Object({ items: Type.Array(item), next: Type.Optional(Type.String()) });
    const answer: Answer<unknown> = await this.get(path, page);
    return answer as Answer<Page<Static<S>>>;
  }

  async send<S extends TSchema>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    shape: S,
    sending: Sending = {},
  ): Promise<Answer<Static<S>>> {
    const { body, text } = await this.answered(method, path, sending);
    if (Check(shape, body)) return { body, text };
    const { instancePath = '', message = '' } = Errors(shape, body)[0] ?? {};
    throw this.notAHub(`its answer${instancePath && ` at ${instancePath}`} ${message}`);
  }

  /** Takes something away: the version that was seen, if one is given. */
  async remove(path: string, seen?: number): Promise<Answer<unknown>> {
    return this.answered('DELETE', path, seen === undefined ? {} : { seen });
  }

  private async answered(method: string, path: string, sending: Sending): Promise<Answer<unknown>> {
    const { status, text } = await this.exchange(method, path, sending);
    const body = parsed(text);
    if (status >= 400 && isProblem(body)) throw new HubRefusal(body);
    if (status < 200 || status >= 300) throw this.notAHub(`it answered ${status}`);
    if (body === undefined && text !== '') throw this.notAHub('its answer is no JSON');
    return { body, text };
  }

  private async exchange(
    method: string,
    path: string,
    { body, seen, onlyNew, prefer }: Sending,
  ): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const response = await this.fetch(`${this.url}${path}`, {
        method,
        // An API that leads elsewhere is none, and the token is for this one.
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: {
          accept: 'application/json',
          ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(seen !== undefined && { 'if-match': `"${seen}"` }),
          ...(onlyNew === true && { 'if-none-match': '*' }),
          ...(prefer !== undefined && { prefer }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new Unreachable(tellUnreachable(this.url, method, reasonOf(error)));
    }
  }

  private notAHub(what: string): CommandEnded {
    const cure = 'check --hub (or APOLLO_HUB), and that apolloctl is as new as the hub';
    return new CommandEnded(
      EXIT.unseen,
      `${this.url} does not answer as a hub does: ${plain(what)}; ${cure}`,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: the caller says whose answer that is.
    return undefined;
  }
}

function tellUnreachable(url: string, method: string, reason: string): string {
  const sentence = `the hub at ${url} cannot be reached (${plain(reason)})`;
  const cure = 'is it running, and is --hub (or APOLLO_HUB) right?';
  // Whoever was refused the connection, or found nobody, has asked for nothing.
  const isUndone = method === 'GET' || ['ECONNREFUSED', 'ENOTFOUND'].includes(reason);
  if (isUndone) return `${sentence}: ${cure}`;
  return `${sentence}, and may have done it all the same: look before you try again`;
}

/** The system's word for it, which `fetch` keeps as the cause. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error instanceof Error ? error : new Error(String(error));
  if (name === 'TimeoutError') return `no answer within ${PATIENCE_MS / 1_000} s`;
  if (!(cause instanceof Error)) return message;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
