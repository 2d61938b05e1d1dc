import type { Environment } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const PAGE = 200;

/** All environments, in the order of their names; there are few. */
export async function everyEnvironment(unit: UnitOfWork): Promise<readonly Environment[]> {
  const all: Environment[] = [];
  let after: string | undefined;
  do {
    const page = await unit.environments.list({
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    all.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return all;
}
