import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KillLoop, type KillRound } from './testing/kill-loop.js';

/** A few in every run of the tests; `npm run soak:kills` makes it 200. */
const ROUNDS = Number(process.env['APOLLO_KILLS'] ?? '6');
const SEED = Number(process.env['APOLLO_KILL_SEED'] ?? '1');
/** 3 or 4: with which Helm. */
const HELM = process.env['APOLLO_KILL_HELM'] ?? '4';
const PATIENCE_MS = 60_000;

describe('plans, while their spoke and their helm are killed', () => {
  let cluster: SharedTestCluster;
  let loop: KillLoop;
  beforeAll(async () => {
    cluster = await sharedTestCluster();
    const helm = HELM === '3' ? 'helm3' : 'helm';
    loop = await KillLoop.open(cluster, { random: numbersFrom(SEED), helm });
  });
  afterAll(async () => {
    await loop.close();
    await cluster.release();
  });

  it(
    `are neither lost nor doubled nor misreported (${ROUNDS} kills, seed ${SEED}, Helm ${HELM})`,
    async () => {
      const rounds: KillRound[] = [];
      while (rounds.length < ROUNDS) rounds.push(await loop.round());
      process.stdout.write(`${table(rounds)}\n`);
      expect(rounds.flatMap(({ lies }) => lies)).toEqual([]);
    },
    PATIENCE_MS * ROUNDS,
  );
});

/** How often what was hit where, and how it ended. */
function table(rounds: readonly KillRound[]): string {
  const counts = new Map<string, number>();
  for (const { victim, type, hit, verdict } of rounds) {
    const row = `${victim} killed in ${type} when ${hit}: ${verdict}`;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  const rows = [...counts].sort(([a], [b]) => a.localeCompare(b));
  return rows.map(([row, count]) => `${`${count}`.padStart(4)} ${row}`).join('\n');
}

/** mulberry32: the same seed, the same numbers. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
