import type { Recall } from '@apollo-deploy/domain';
import type { Page, PageRequest } from './page.js';

/** Recalls that stand. There are few for each product. */
export interface RecallRepository {
  get(id: string): Promise<Recall | undefined>;
  /** Those of these products, oldest first. */
  ofProducts(products: readonly string[]): Promise<readonly Recall[]>;
  /** Keeps a new one; its id must be free. */
  insert(recall: Recall): Promise<void>;
  /** Takes it out. False if there is none of that id. */
  remove(id: string): Promise<boolean>;
  /** In the order of their ids; `product` absent = of all products. */
  list(product: string | undefined, page: PageRequest): Promise<Page<Recall>>;
}
