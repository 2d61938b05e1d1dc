import type { Request } from 'express';
import { Refused } from './refused.js';

/** The ETag of a version: `"3"`. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * The version that the caller saw: of `If-Match`, or 0 for `If-None-Match: *`, which means "only if
 * there is none yet". Absent = whatever is stored.
 */
export function seenBy(request: Request): { readonly expectedVersion?: number } {
  const expectedVersion = expectedVersionOf(request);
  return expectedVersion === undefined ? {} : { expectedVersion };
}

/** Refuses a condition on what has no version to compare: doing it all the same would do harm. */
export function refuseConditions({ headers }: Request): void {
  for (const field of ['If-Match', 'If-None-Match', 'If-Unmodified-Since']) {
    if (headers[field.toLowerCase()] === undefined) continue;
    throw new Refused('http/invalid_request', {
      detail: `${field} cannot be kept here, for this has no version; leave it away`,
      field,
    });
  }
}

/** As `seenBy`, for what has to be there: `If-None-Match` makes no sense then. */
export function versionThatIsThere(request: Request): number | undefined {
  if (request.headers['if-none-match'] !== undefined) throw refused('If-None-Match', 'none here');
  return expectedVersionOf(request);
}

function expectedVersionOf(request: Request): number | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  if (noneMatch !== undefined && (noneMatch !== '*' || match !== undefined)) {
    throw refused('If-None-Match', '*, without If-Match');
  }
  if (noneMatch !== undefined) return 0;
  if (match === undefined) return undefined;
  const version = /^"(\d{1,15})"$/.exec(match)?.[1];
  if (version === undefined) throw refused('If-Match', 'one ETag as it was answered, such as "3"');
  return Number(version);
}

function refused(field: string, accepted: string): Refused {
  return new Refused('http/invalid_request', {
    detail: `${field} is not usable; accepted is ${accepted}`,
    field,
  });
}
