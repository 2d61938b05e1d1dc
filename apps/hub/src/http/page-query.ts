import type { Page, PageRequest } from '@apollo-deploy/orchestration';
import { QueryIntegerField, TextField } from './field.js';
import { Refused } from './refused.js';

const LIMIT = { minimum: 1, maximum: 200, default: 50 } as const;

/** Which page of a list. */
export class PageQuery {
  @TextField({
    maximum: 512,
    optional: true,
    description: 'The `next` of the page before; absent = from the start.',
  })
  after?: string;

  @QueryIntegerField({ ...LIMIT, optional: true, description: 'How many items at most.' })
  limit?: string;
}

export function pageOf({ after, limit }: PageQuery): PageRequest {
  return {
    limit: limit === undefined ? LIMIT.default : Number(limit),
    ...(after !== undefined && { after }),
  };
}

/** The same page of other things. */
export function mapPage<T, U>({ items, next }: Page<T>, view: (item: T) => U): Page<U> {
  return { items: items.map(view), ...(next !== undefined && { next }) };
}

/**
 * For lists in the order of time, where the place after something is only known while that is there.
 * Lists in the order of names or ids need no such thing: there every text has its place.
 */
export function noSuchPlace(after: string): Refused {
  const detail = `after is ${JSON.stringify(after)}, which is the next of no page of this list; begin without it`;
  return new Refused('http/invalid_request', { detail, field: 'after' });
}
