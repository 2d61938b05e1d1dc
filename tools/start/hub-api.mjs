import { setTimeout as delay } from 'node:timers/promises';
import { StartRefusal } from './terminal.mjs';

/** The hub's REST API, as far as the launcher needs it. */
export class HubApi {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
  }

  /**
   * Waits until the hub answers that it is ready.
   * @param {number} limitMs
   * @param {() => string | undefined} failure says why waiting longer is useless
   */
  async ready(limitMs, failure) {
    for (const until = performance.now() + limitMs; performance.now() < until;) {
      const why = failure();
      if (why !== undefined) throw new StartRefusal(why);
      try {
        if ((await fetch(`${this.url}/readyz`)).ok) return;
      } catch {
        // Not listening yet.
      }
      await delay(100);
    }
    throw new StartRefusal(`the hub was not ready after ${String(limitMs / 1000)} s`);
  }

  /** @param {string} path */
  async get(path) {
    return this.#json('GET', path, await this.#fetch(path, {}));
  }

  /**
   * Creates something, or leaves it alone where it exists already. True if it was created.
   * @param {string} path
   * @param {unknown} body
   */
  async ensure(path, body) {
    const form = body instanceof FormData;
    const response = await this.#fetch(path, {
      method: 'POST',
      body: form ? body : JSON.stringify(body),
      headers: form ? {} : { 'content-type': 'application/json' },
    });
    if (response.status === 409) {
      await response.body?.cancel();
      return false;
    }
    await this.#json('POST', path, response);
    return true;
  }

  /**
   * @param {'POST' | 'PUT'} method
   * @param {string} path
   * @param {unknown} body
   */
  async send(method, path, body) {
    const response = await this.#fetch(path, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    return this.#json(method, path, response);
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async #fetch(path, init) {
    // A hub that is being started again answers in a moment.
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await fetch(`${this.url}${path}`, init);
      } catch (error) {
        if (attempt === 50) throw error;
        await delay(200);
      }
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Response} response
   */
  async #json(method, path, response) {
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
