import type { Server } from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { HubModule } from './hub.module.js';
import { identifyRequest } from './http/identify-request.js';
import { inspectContent, refuseBody } from './http/inspect-content.js';
import { localOnly } from './http/local-only.js';
import { serveOpenApi } from './http/open-api.js';
import { securityHeaders } from './http/security-headers.js';
import type { HubParts } from './platform/platform.module.js';
import { serveSpokeSocket } from './spokes/spoke-socket.adapter.js';

const MAX_JSON = '1mb';
/** How long a request may take to arrive, in milliseconds. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;

/**
 * The hub on these parts, ready to listen. `close()` says goodbye to spokes and ends; the store
 * stays open, for whoever opened it to close.
 */
export async function createHub(
  parts: HubParts,
  logger: LoggerService,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(HubModule.with(parts), {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  // An ETag is a version here; Express would make up others from the bytes of an answer.
  app.disable('etag');
  app.use(identifyRequest(parts.ids));
  app.use(securityHeaders);
  app.use(localOnly);
  app.useBodyParser('json', { limit: MAX_JSON, inflate: false });
  app.use(refuseBody);
  app.use(inspectContent);
  serveOpenApi(app);
  serveSpokeSocket(app);
  const server: Server = app.getHttpServer();
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  return app;
}
