import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import {
  chartPath,
  decodeSpokeFrame,
  DURABLE_MESSAGES,
  encodeHubFrame,
  JOIN_PATH,
} from '@apollo-deploy/protocol';
import { WebSocketServer } from 'ws';

/** @typedef {import('@apollo-deploy/protocol').SpokePayload<'plan.result'>} PlanResult */
/** @typedef {import('@apollo-deploy/protocol').OfferedContent} OfferedContent */

/**
 * @typedef {object} PlanSketch
 * @property {'install' | 'config_update'} type
 * @property {string} release
 * @property {string} namespace
 * @property {Record<string, import('@apollo-deploy/kernel').Json>} values
 * @property {{ name: string, version: string, bytes: Uint8Array }} chart
 * @property {{ revision: number, releaseDigest: string } | null} base
 * @property {number} rolloutTimeoutSeconds
 */

const FAR_AWAY = '2100-01-01T00:00:00.000Z';

/** As little of a hub as a spoke needs: offers plans over the real protocol and waits for verdicts. */
export class OfferingHub {
  token = randomUUID();
  /** @type {Map<string, Uint8Array>} */
  #charts = new Map();
  /** @type {Map<string, (result: PlanResult) => void>} */
  #waiting = new Map();
  /** @type {import('ws').WebSocket | null} */
  #socket = null;
  #epoch = 0;
  #server = createServer((request, response) => {
    if (request.url === JOIN_PATH) {
      const member = { spoke: 'bench', environment: 'bench', hub: 'bench', accepted: true };
      response.end(JSON.stringify(member));
      return;
    }
    const known = [...this.#charts].find(([sha256]) => request.url === chartPath(sha256));
    response.statusCode = known === undefined ? 404 : 200;
    response.end(known?.[1]);
  });
  #sockets = new WebSocketServer({ server: this.#server });
  /** @type {() => void} */
  #settleReady = () => undefined;
  /** Resolves once a spoke has told all that it sees. @type {Promise<void>} */
  ready = new Promise((resolve) => (this.#settleReady = resolve));

  /** Resolves to its address. */
  async start() {
    this.#sockets.on('connection', (socket) => this.#admit(socket));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /**
   * Offers a plan and waits for its verdict.
   * @param {PlanSketch} sketch
   * @returns {Promise<PlanResult>}
   */
  carryOut({ type, release, namespace, values, chart, base, rolloutTimeoutSeconds }) {
    const sha256 = sha256Hex(chart.bytes);
    this.#charts.set(sha256, chart.bytes);
    /** @type {OfferedContent} */
    const content = {
      ...{ entity: release, spoke: 'bench', namespace, releaseName: release },
      ...{ type, base, strategy: 'rolling', rolloutTimeoutSeconds },
      chart: { name: chart.name, version: chart.version, sha256 },
      valuesDigest: jsonDigest(values),
    };
    const planId = randomUUID();
    const verdict = new Promise((resolve) => this.#waiting.set(planId, resolve));
    const digest = jsonDigest(content);
    this.#send('plan.offer', { planId, attempt: 1, content, digest, values, expiresAt: FAR_AWAY });
    return verdict;
  }

  async stop() {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }

  /** @param {import('ws').WebSocket} socket */
  #admit(socket) {
    this.#epoch += 1;
    this.#socket = socket;
    socket.on('message', (data) => {
      const frame = decodeSpokeFrame(String(data));
      if (!frame.ok) throw new Error(frame.error.detail);
      this.#take(frame.value);
    });
  }

  /** @param {import('@apollo-deploy/protocol').SpokeFrame} frame */
  #take(frame) {
    if (frame.t === 'hello') {
      this.#send('welcome', {
        ...{ epoch: this.#epoch, spoke: 'bench', environment: 'bench' },
        ...{ serverTime: new Date().toISOString(), heartbeatIntervalMs: 20_000 },
      });
    }
    const durable = /** @type {readonly string[]} */ (DURABLE_MESSAGES);
    if (durable.includes(frame.t)) this.#send('ack', {}, frame.id);
    if (frame.t === 'state.full') this.#settleReady();
    if (frame.t !== 'plan.result') return;
    this.#waiting.get(frame.p.planId)?.(frame.p);
    this.#waiting.delete(frame.p.planId);
  }

  /**
   * @template {import('@apollo-deploy/protocol').HubMessageType} T
   * @param {T} t
   * @param {import('@apollo-deploy/protocol').HubPayload<T>} payload
   * @param {string} [re]
   */
  #send(t, payload, re) {
    const head = { id: randomUUID(), epoch: this.#epoch, ts: new Date().toISOString() };
    this.#socket?.send(encodeHubFrame(t, payload, re === undefined ? head : { ...head, re }));
  }
}
