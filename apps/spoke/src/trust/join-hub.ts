import { err, ok, type Result } from '@apollo-deploy/kernel';
import { JOIN_PATH, JoinAnswer, type JoinRequest } from '@apollo-deploy/protocol';
import { Value } from 'typebox/value';

/** The hub does not let this spoke join; a person has to do what the message says. */
export interface JoinRefusal {
  readonly message: string;
}

/** The hub could not be asked, or did not answer as it should: try again later. */
class HubUnreachable extends Error {
  override readonly name = 'HubUnreachable';
  readonly retryable = true;
}

const JOIN_TIMEOUT_MS = 15_000;

/** Asks the hub to join. Repeating it with the same token and key is harmless. Throws `HubUnreachable`. */
export async function joinHub(
  hubUrl: string,
  request: JoinRequest,
  ask: typeof globalThis.fetch = globalThis.fetch,
): Promise<Result<JoinAnswer, JoinRefusal>> {
  const url = `${hubUrl}${JOIN_PATH}`;
  const { status, body } = await send(url, request, ask);
  if (status >= 400 && status < 500) return err({ message: detailOf(body, status) });
  if (Value.Check(JoinAnswer, body)) return ok(body);
  throw new HubUnreachable(`the hub answered HTTP ${status} to POST ${url}, and no membership`);
}

async function send(
  url: string,
  request: JoinRequest,
  ask: typeof globalThis.fetch,
): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    const response = await ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      redirect: 'error',
      signal: AbortSignal.timeout(JOIN_TIMEOUT_MS),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
  } catch (error) {
    throw new HubUnreachable(`the hub cannot be asked to join at ${url}`, { cause: error });
  }
}

function detailOf(body: unknown, status: number): string {
  const said = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : null;
  return typeof said === 'string' ? said : `the hub answered HTTP ${status} to the request to join`;
}
