import type { Context, Page } from '@apollo-deploy/orchestration';
import { mapPage, type PageQuery, pageOf } from '../http/page-query.js';
import { type TokenView, tokenView } from './people-views.js';

/** The tokens of somebody, without what is secret of them. */
export async function listTokens(
  { store }: Context,
  owner: string,
  query: PageQuery,
): Promise<Page<TokenView>> {
  const page = await store.transact((unit) => unit.tokens.list(owner, pageOf(query)));
  return mapPage(page, tokenView);
}
