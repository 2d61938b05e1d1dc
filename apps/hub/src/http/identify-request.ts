import type { Ids } from '@apollo-deploy/orchestration';
import type { NextFunction, RequestHandler, Response } from 'express';
import type { HubRequest } from './hub-request.js';

const ACCEPTED_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Names each request, by its own `X-Request-Id` if that is usable, and says the name back. */
export function identifyRequest(ids: Ids): RequestHandler {
  return ((request: HubRequest, response: Response, next: NextFunction): void => {
    const given = request.header('x-request-id');
    request.requestId = given !== undefined && ACCEPTED_ID.test(given) ? given : ids.next();
    response.setHeader('X-Request-Id', request.requestId);
    next();
  }) as RequestHandler;
}
