import type { Page, PageRequest } from '@apollo-deploy/orchestration';
import { QueryIntegerField, TextField } from './field.js';

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
