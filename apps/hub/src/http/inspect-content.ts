import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express';
import { isLogoutForm } from '../login/logout-form.js';
import { isPipelineRequest } from '../pipeline/is-pipeline-request.js';
import { Refused } from './refused.js';

/** Deeper JSON than this is refused before anything walks through it. */
const MAX_DEPTH = 100;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;
const READS: readonly string[] = ['GET', 'HEAD'];

/**
 * Refuses content that no part of the hub can carry: another type than JSON or a form, JSON that
 * nests too deeply, and text that PostgreSQL has no room for.
 */
export function inspectContent(request: Request, _response: Response, next: NextFunction): void {
  // An ETag is a version, for If-Match; an entity also shows what changes without a new one.
  if (READS.includes(request.method)) delete request.headers['if-none-match'];
  next(unacceptableType(request) ?? unacceptableUrl(request.url) ?? unacceptableJson(request.body));
}

/** Answers what the body parser says in the hub's own words. */
export const refuseBody: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  next(refusalOfBody(error) ?? error);
};

function unacceptableType(request: Request): Refused | undefined {
  const { headers } = request;
  const empty =
    headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (empty || isAcceptable(request)) return undefined;
  return new Refused('http/unsupported_media_type', {
    detail: `the content type is ${JSON.stringify(headers['content-type'] ?? 'not given')}; accepted is application/json in UTF-8`,
    field: 'Content-Type',
  });
}

/** Which character set a form is in, each of its parts says. */
function isAcceptable(request: Request): boolean {
  if (isLogoutForm(request) || isPipelineRequest(request)) return true;
  if (request.is('multipart/form-data') !== false) return true;
  const [, charset = 'utf-8'] = CHARSET.exec(request.headers['content-type'] ?? '') ?? [];
  return request.is('application/json') !== false && charset.toLowerCase() === 'utf-8';
}

function unacceptableUrl(url: string): Refused | undefined {
  return url.includes('%00') ? badText('the address') : undefined;
}

/** Walks level by level, so that no input can exhaust the stack. */
export function unacceptableJson(body: unknown): Refused | undefined {
  let level: readonly unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (level.some(isBadText)) return badText('the body');
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    if (objects.length > 0 && depth >= MAX_DEPTH) {
      return new Refused('http/invalid_request', {
        detail: `the body nests deeper than ${MAX_DEPTH} levels; flatten it`,
      });
    }
    if (objects.some((value) => Object.keys(value).some(isBadKey))) {
      return badText('the name of a field in the body');
    }
    level = objects.flatMap((value): unknown[] => Object.values(value));
  }
  return undefined;
}

function isBadText(value: unknown): boolean {
  return typeof value === 'string' && (value.includes('\0') || !value.isWellFormed());
}

function isBadKey(key: string): boolean {
  return key === '__proto__' || isBadText(key);
}

function badText(where: string): Refused {
  return new Refused('http/invalid_request', {
    detail: `${where} holds U+0000, half a surrogate pair or __proto__; take it out`,
  });
}

function refusalOfBody(error: unknown): Refused | undefined {
  if (typeof error !== 'object' || error === null || !('type' in error)) return undefined;
  switch (error.type) {
    case 'entity.parse.failed':
      return new Refused('http/malformed_json', {
        detail: 'the body cannot be read as JSON; accepted is a JSON object in UTF-8',
      });
    case 'entity.too.large':
      return new Refused('http/body_too_large', {
        detail: 'the body is larger than 1 MiB, which is the most a JSON body may be',
      });
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Refused('http/unsupported_media_type', {
        detail: 'the character set or content encoding is not accepted; send plain UTF-8',
        field: 'Content-Type',
      });
    case 'parameters.too.many':
      return new Refused('http/invalid_request', {
        detail: 'the form has more fields than anybody reads; send the documented ones',
      });
    case 'request.aborted':
    case 'request.size.invalid':
    case 'stream.encoding.set':
      return new Refused('http/invalid_request', {
        detail: 'the body ended before its stated length; send it again',
      });
    default:
      return undefined;
  }
}
