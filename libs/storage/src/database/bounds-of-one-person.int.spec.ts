import { beforeEach, expect, it } from '@jest/globals';
import { type Refusal, tokenText } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import {
  type Context,
  issueToken,
  lendRoles,
  type Principal,
  type UnitOfWork,
} from '@apollo-deploy/orchestration';
import { EngineWorld, must } from '@apollo-deploy/orchestration/testing';
import { meanwhile, type Moment, Rival } from '../testing/meanwhile-store.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const ANN: Principal = { kind: 'person', name: 'ann', roles: [] };
const UNTIL = '2026-01-05T12:00:00.000Z';

const database = sharedDatabase();
let world: EngineWorld;
let there: DatabaseStore;
beforeEach(async () => {
  there = await database.open();
  world = await EngineWorld.build({}, await database.open());
  await world.person('ann', 'viewer');
  await world.person('bob', 'viewer');
});

let made = 0;
const issue = async (context: Context) => {
  const token = tokenText(String((made += 1)).padStart(64, '0'));
  const given = { owner: 'ann', name: 'x', scope: { permissions: ['view'] }, token } as const;
  const expiresAt = new Date(UNTIL);
  return issueToken(context, ANN, { ...given, expiresAt, peopleLogIn: false });
};
const lend = async (context: Context) =>
  lendRoles(context, ANN, { to: 'bob', roles: ['viewer'], scope: {}, until: UNTIL });
const now = () => world.clock.now().toISOString();

it.each<{
  name: string;
  once: (context: Context) => Promise<Result<unknown, Refusal>>;
  moment: Moment;
  code: string;
  kept: (unit: UnitOfWork) => Promise<number>;
}>([
  {
    name: 'usable tokens',
    once: issue,
    moment: { repository: 'tokens', statement: 'countUsable' },
    code: 'token/too_many',
    kept: (unit) => unit.tokens.countUsable('ann', now()),
  },
  {
    name: 'delegations in force',
    once: lend,
    moment: { repository: 'delegations', statement: 'endingAfter' },
    code: 'approval/too_many_delegations',
    kept: async (unit) => (await unit.delegations.endingAfter(now())).length,
  },
])('one person has fifty $name, also where two ask for the last at once', async (given) => {
  for (let each = 1; each < 50; each += 1) must(await given.once(world.context));
  const rival = new Rival<unknown>(database, () => given.once(world.context));
  const store = meanwhile(there, given.moment, () => rival.begin());
  expect(await given.once({ ...world.context, store })).toMatchObject({ ok: true });
  expect(await rival.answer()).toMatchObject({ ok: false, error: { code: given.code } });
  expect(await world.context.store.transact(given.kept)).toBe(50);
});
