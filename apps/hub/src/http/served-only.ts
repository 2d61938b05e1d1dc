import { NotFoundException } from '@nestjs/common';
import type { Request, RequestHandler } from 'express';
import { Refused } from './refused.js';

/** What routes of the hub take; no header makes another method of one. */
export const SERVED_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const;

/** Sends away what no route takes before anything answers it by itself, as Express does OPTIONS. */
export const servedOnly: RequestHandler = (request, _response, next) => {
  const isServed = (SERVED_METHODS as readonly string[]).includes(request.method);
  next(isServed ? withoutHost(request) : new NotFoundException());
};

function withoutHost({ httpVersion, headers }: Request): Refused | undefined {
  if (httpVersion === '1.0' || headers.host !== undefined) return undefined;
  return new Refused('http/invalid_request', {
    detail: 'the request does not say for which host it is; send a Host header',
    field: 'Host',
  });
}
