import { setTimeout as delay } from 'node:timers/promises';
import { StartRefusal } from './terminal.mjs';

/** A hub that is being started again answers within so many tries. */
const ATTEMPTS_MAX = 50;
const RETRY_AFTER_MS = 200;

/**
 * The parts of the hub's answers that the launcher looks at.
 * @typedef {{ name: string, environment: string, product: string, status: string, why: string,
 *   reported: { version: string, stale?: boolean } | null, openPlan?: { id: string } }} EntityView
 * @typedef {{ name: string, status: string, kubernetesVersion?: string, helmVersion?: string,
 *   simulated: boolean | null,
 *   key: { clusterUid: string, acceptedAt: string | null } | null }} SpokeView
 */

/** The hub's REST API, as far as the launcher needs it. */
export class HubApi {
  /**
   * @param {string} url
   * @param {AbortSignal} signal calls off every request and every wait
   * @param {Record<string, string>} [headers] of every request
   */
  constructor(url, signal, headers = {}) {
    this.url = url;
    this.signal = signal;
    this.headers = headers;
  }

  /**
   * The same hub, for who has this token.
   * @param {string} token
   */
  as(token) {
    return new HubApi(this.url, this.signal, { authorization: `Bearer ${token}` });
  }

  /**
   * What a GET answers; `undefined` if there is no such thing, or the token is not accepted.
   * @param {string} path
   */
  async find(path) {
    const { status, text } = await this.#fetch('GET', path, undefined);
    return status === 404 || status === 401 ? undefined : answerOf('GET', path, { status, text });
  }

  /**
   * Waits until the hub answers that it is ready.
   * @param {number} limitMs
   */
  async ready(limitMs) {
    const { signal } = this;
    for (const until = performance.now() + limitMs; performance.now() < until;) {
      // A refused connection is what is waited out.
      const [answer] = await Promise.allSettled([fetch(`${this.url}/readyz`, { signal })]);
      if (answer.status === 'fulfilled' && answer.value.ok) return;
      await delay(100, undefined, { signal });
    }
    throw new StartRefusal(`the hub was not ready after ${String(limitMs / 1000)} s; see its log`);
  }

  /**
   * @param {string} [environment] all of them, if not given
   * @returns {Promise<readonly EntityView[]>}
   */
  async entities(environment) {
    const query = environment === undefined ? '' : `&environment=${environment}`;
    return (await this.#send('GET', `/api/v1/entities?limit=200${query}`)).items;
  }

  /** @returns {Promise<readonly SpokeView[]>} */
  async spokes() {
    const spokes = [];
    for (let page = '', more = true; more;) {
      const { items, next } = await this.#send('GET', `/api/v1/spokes?limit=200${page}`);
      spokes.push(...items);
      more = next !== undefined;
      page = `&after=${encodeURIComponent(next)}`;
    }
    return spokes;
  }

  /**
   * Creates something, or leaves it alone where it exists already. True if it was created.
   * @param {string} path
   * @param {unknown} body
   */
  async ensure(path, body) {
    const { status, text } = await this.#fetch('POST', path, body);
    if (status === 409 && JSON.parse(text).code === 'catalog/already_exists') return false;
    answerOf('POST', path, { status, text });
    return true;
  }

  /**
   * @param {'POST' | 'PUT'} method
   * @param {string} path
   * @param {unknown} body
   */
  send(method, path, body) {
    return this.#send(method, path, body);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  async #send(method, path, body) {
    return answerOf(method, path, await this.#fetch(method, path, body));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} body
   * @returns {Promise<{ status: number, text: string }>}
   */
  async #fetch(method, path, body) {
    const { signal } = this;
    const content = contentOf(body);
    const headers = { ...this.headers, ...content.headers };
    const init = { method, signal, ...content, headers };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(`${this.url}${path}`, init);
        return { status: response.status, text: await response.text() };
      } catch (error) {
        if (attempt === ATTEMPTS_MAX) throw error;
        await delay(RETRY_AFTER_MS, undefined, { signal });
      }
    }
  }
}

/**
 * @param {unknown} body
 * @returns {Pick<RequestInit, 'body' | 'headers'>}
 */
function contentOf(body) {
  if (body === undefined) return {};
  if (body instanceof FormData) return { body };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ status: number, text: string }} response
 */
function answerOf(method, path, { status, text }) {
  if (status >= 300) throw new Error(`${method} ${path}: ${String(status)} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
