import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { HubModule } from './hub.module.js';
import { crossOrigin } from './http/cross-origin.js';
import { HubServer } from './http/hub-server.js';
import { identifyRequest } from './http/identify-request.js';
import { inspectContent, refuseBody } from './http/inspect-content.js';
import { localOnly } from './http/local-only.js';
import { serveOpenApi } from './http/open-api.js';
import { securityHeaders, securityHeadersOf } from './http/security-headers.js';
import { SERVED_METHODS, servedOnly } from './http/served-only.js';
import { RequestLimits } from './limits/request-limits.js';
import { isLogoutForm } from './login/logout-form.js';
import { isReadAsJson } from './pipeline/is-pipeline-request.js';
import type { HubParts } from './platform/platform.module.js';
import { serveSpokeSocket } from './spokes/spoke-socket.adapter.js';

const MAX_JSON = '1mb';

/**
 * The hub on these parts, ready to listen. `close()` says goodbye to spokes and ends; the store
 * stays open, for whoever opened it to close.
 */
export async function createHub(
  parts: HubParts,
  logger: LoggerService,
): Promise<NestExpressApplication> {
  const { ids, config } = parts;
  const { publicUrl, corsOrigins } = config;
  const server = new HubServer({ ids, headers: securityHeadersOf(publicUrl) });
  const app = await NestFactory.create<NestExpressApplication>(HubModule.with(parts), server, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  // An ETag is a version here; Express would make up others from the bytes of an answer.
  app.disable('etag');
  app.use(identifyRequest(ids));
  app.use(securityHeaders(publicUrl));
  if (corsOrigins.length > 0) app.use(crossOrigin(corsOrigins, SERVED_METHODS));
  app.use(servedOnly);
  if (config.login === 'local') app.use(localOnly);
  app.use(app.get(RequestLimits).atTheGate);
  app.useBodyParser('json', { limit: MAX_JSON, inflate: false, type: isReadAsJson });
  app.useBodyParser('urlencoded', {
    ...{ limit: MAX_JSON, inflate: false, extended: false },
    type: isLogoutForm,
  });
  app.use(refuseBody);
  app.use(inspectContent);
  serveOpenApi(app);
  serveSpokeSocket(app);
  return app;
}
