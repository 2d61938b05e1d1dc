// Benchmark 3: moving one plan from a state to another on a real PostgreSQL that syncs each commit.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseStore, startEmbeddedPostgres } from '@apollo-deploy/storage';
import { Client } from 'pg';
import { somePlans } from './some-plans.mjs';
import { median, rounded } from './interleave.mjs';
import { valueOf } from './value-of.mjs';
import { whyNot } from './why-not.mjs';
import { wireCounter } from '../libs/storage/src/testing/wire-counter.mjs';

const REACH = 1.3;
const CONTENDERS = 16;

export const sizes = {
  full: { transitions: 800, races: 20 },
  tiny: { transitions: 5, races: 2 },
};

/** @param {typeof sizes.full} size */
export async function run(size) {
  const directory = await mkdtemp(join(tmpdir(), 'apollo-bench-'));
  await chmod(directory, 0o711);
  const server = await startEmbeddedPostgres({ directory });
  try {
    return await measure(server.url, size);
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * @param {string} url
 * @param {typeof sizes.full} size
 */
async function measure(url, { transitions, races }) {
  const store = await DatabaseStore.open({ url, poolSize: CONTENDERS });
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const [ours, theirs, contended] = somePlans(3);
    if (!ours || !theirs || !contended) throw new Error('three plans are needed');
    await store.transact(async (unit) => {
      for (const plan of [ours, theirs, contended]) valueOf(await unit.plans.insert(plan));
    });
    const ms = await race(mover(store, ours.id), await bareMover(client, theirs.id), transitions);
    const wire = await overTheWire(url, ours.id);
    const winners = await contend(store, contended.id, races);
    const oneWinner = winners.every((count) => count === 1);
    const ratio = ms.apollo / ms.bare;
    const met = ratio <= REACH && wire.roundTrips === 1 && wire.commits === 1 && oneWinner;
    return {
      bench: 'plan-transition',
      n: transitions,
      arms: {
        apollo:
          'DatabaseStore.transact that finishes with plans.save of a plan that was read before',
        bare: 'pg: one UPDATE of the same columns, of a row of the same size, committed by itself',
      },
      p50Ms: rounded(ms.apollo),
      bareP50Ms: rounded(ms.bare),
      ...wire,
      contenders: CONTENDERS,
      races,
      winners: Math.max(...winners),
      ratio: rounded(ratio),
      reach: `1 round trip, 1 commit, p50 <= ${REACH} of bare, 1 winner in each race`,
      met,
      ...whyNot([
        [wire.roundTrips > 1, 'BEGIN or COMMIT waits for an answer of its own'],
        [ratio > REACH, 'work in this process, around the statement'],
      ]),
    };
  } finally {
    await client.end();
    await store.close();
  }
}

/**
 * @param {DatabaseStore} store
 * @param {string} id
 * @returns {() => Promise<void>} Moves the plan on by one state.
 */
function mover(store, id) {
  /** @type {import('@apollo-deploy/domain').Plan | undefined} */
  let plan;
  return async () => {
    plan ??= await store.transact((unit) => unit.plans.get(id));
    if (plan === undefined) throw new Error('the plan is gone');
    const moved = { ...plan, state: nextState(plan.state) };
    plan = valueOf(await store.transact((unit) => unit.finish(() => unit.plans.save(moved))));
  };
}

/**
 * @param {string} state
 * @returns {'PENDING' | 'BLOCKED'}
 */
function nextState(state) {
  return state === 'PENDING' ? 'BLOCKED' : 'PENDING';
}

/**
 * The same by hand, with whatever columns plans have.
 * @param {Client} client
 * @param {string} id
 * @returns {Promise<() => Promise<void>>}
 */
async function bareMover(client, id) {
  const { rows: columns } = await client.query(
    `SELECT column_name AS name, format_type(atttypid, atttypmod) AS type
     FROM information_schema.columns
     JOIN pg_attribute ON attrelid = 'plans'::regclass AND attname = column_name
     WHERE table_name = 'plans' AND is_generated = 'NEVER' AND is_identity = 'NO'`,
  );
  const names = columns.map(({ name }) => String(name));
  const texts = names.map((name) => `"${name}"::text AS "${name}"`).join(', ');
  const { rows } = await client.query(`SELECT ${texts} FROM plans WHERE id = $1`, [id]);
  const row = /** @type {Record<string, string | null>} */ (rows[0]);
  const sets = columns.map(({ name, type }, index) => `"${name}" = $${index + 1}::${type}`);
  const [at, version] = [names.indexOf('id') + 1, names.indexOf('version') + 1];
  const statement = `UPDATE plans SET ${sets.join(', ')}
    WHERE id = $${at} AND version = $${version}::integer - 1 RETURNING ${names.map((name) => `"${name}"`).join(', ')}`;
  return async () => {
    row.state = nextState(row.state ?? '');
    row.version = String(Number(row.version) + 1);
    const { rowCount } = await client.query(
      statement,
      names.map((name) => row[name] ?? null),
    );
    if (rowCount !== 1) throw new Error('the bare arm moved nothing');
  };
}

/**
 * One of each in turn; the median of what each took, by the clock on the wall.
 * @param {() => Promise<void>} apollo
 * @param {() => Promise<void>} bare
 * @param {number} times
 */
async function race(apollo, bare, times) {
  /** @type {{ apollo: number[], bare: number[] }} */
  const ms = { apollo: [], bare: [] };
  const warmUps = Math.ceil(times / 10);
  for (let time = -warmUps; time < times; time += 1) {
    const start = performance.now();
    await apollo();
    const between = performance.now();
    await bare();
    const end = performance.now();
    if (time < 0) continue;
    ms.apollo.push(between - start);
    ms.bare.push(end - between);
  }
  return { apollo: median(ms.apollo), bare: median(ms.bare) };
}

/**
 * What one transition sends and commits.
 * @param {string} url
 * @param {string} id
 */
async function overTheWire(url, id) {
  const wire = await wireCounter(url);
  const store = await DatabaseStore.open({ url: wire.url, poolSize: 2 });
  try {
    const move = mover(store, id);
    await move();
    const before = wire.read();
    await move();
    const after = wire.read();
    return {
      roundTrips: after.roundTrips - before.roundTrips,
      statements: after.statements - before.statements,
      commits: after.commits - before.commits,
    };
  } finally {
    await store.close();
    await wire.close();
  }
}

/**
 * How many of the contenders moved the plan, for each race.
 * @param {DatabaseStore} store
 * @param {string} id
 * @param {number} races
 */
async function contend(store, id, races) {
  const winners = [];
  for (let race = 0; race < races; race += 1) {
    const plan = await store.transact((unit) => unit.plans.get(id));
    if (plan === undefined) throw new Error('the plan is gone');
    const moved = { ...plan, state: nextState(plan.state) };
    const results = await Promise.all(
      Array.from({ length: CONTENDERS }, () =>
        store.transact((unit) => unit.finish(() => unit.plans.save(moved))),
      ),
    );
    winners.push(results.filter(({ ok }) => ok).length);
  }
  return winners;
}
