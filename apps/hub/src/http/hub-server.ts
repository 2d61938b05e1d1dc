import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Ids } from '@apollo-deploy/orchestration';
import { ExpressAdapter } from '@nestjs/platform-express';
import { problemOf } from './problem.js';
import { SERVED_METHODS } from './served-only.js';
import { writeProblem } from './write-problem.js';

/** How long a request may take to arrive, in milliseconds. */
interface ArrivalLimits {
  readonly headersMs: number;
  readonly wholeMs: number;
  /** How often it is looked for those that take longer. */
  readonly checkMs: number;
}

const ARRIVAL: ArrivalLimits = { headersMs: 15_000, wholeMs: 120_000, checkMs: 2_000 };

export interface HubServerOptions {
  readonly ids: Ids;
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** 15 s for the headers and two minutes for all of it if absent. */
  readonly arrival?: ArrivalLimits;
}

type NoRequest = keyof typeof DETAILS;

/**
 * Serves HTTP, and answers by itself what is no request that could be handed on: what cannot be read,
 * what does not arrive in time, and a CONNECT.
 */
export class HubServer extends ExpressAdapter {
  constructor(private readonly serving: HubServerOptions) {
    super();
  }

  override initHttpServer(): void {
    const { headersMs, wholeMs, checkMs } = this.serving.arrival ?? ARRIVAL;
    const server = createServer(
      {
        headersTimeout: headersMs,
        requestTimeout: wholeMs,
        connectionsCheckingInterval: checkMs,
        // `servedOnly` does, with an answer like any other.
        requireHostHeader: false,
      },
      this.getInstance<RequestListener>(),
    );
    this.answerWhatIsNoRequest(server);
    this.httpServer = server;
  }

  private answerWhatIsNoRequest(server: Server): void {
    const answers = new WeakMap<Duplex, ServerResponse>();
    server.on('request', (request, response) => {
      answers.set(request.socket, response);
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      const answer = answers.get(socket);
      const hasBegun = answer?.headersSent === true && !answer.writableFinished;
      if (error.code === 'ECONNRESET' || !socket.writable || hasBegun) socket.destroy();
      else this.refuse(socket, MEANING[error.code ?? ''] ?? 'http/malformed_request');
    });
    server.on('connect', (_request, socket: Duplex) => {
      this.refuse(socket, 'http/method_not_allowed');
    });
    // Whoever expects what nobody has heard of is answered as everybody else.
    server.on('checkExpectation', (request, response) => {
      server.emit('request', request, response);
    });
  }

  private refuse(socket: Duplex, code: NoRequest): void {
    const { ids, headers } = this.serving;
    writeProblem(socket, problemOf(code, { detail: DETAILS[code] }, ids.next()), headers);
  }
}

const MEANING: Readonly<Record<string, NoRequest>> = {
  HPE_HEADER_OVERFLOW: 'http/headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'http/request_timeout',
};

const DETAILS = {
  'http/malformed_request':
    'this is no HTTP request that can be told from the next one; check its lines, its Content-Length and its Transfer-Encoding',
  'http/headers_too_large': 'the headers are larger than 16 KiB; send fewer or shorter ones',
  'http/request_timeout': 'the request did not arrive in time; send it again, faster',
  'http/method_not_allowed': `the hub is no proxy; accepted are ${SERVED_METHODS.join(', ')}`,
} as const;
