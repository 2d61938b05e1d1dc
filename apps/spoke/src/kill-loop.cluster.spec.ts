import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KillGoals } from './testing/kill-goals.js';
import { KillLoop, type KillRound } from './testing/kill-loop.js';

/** A few in every run of the tests; `npm run soak:kills` makes it 200. */
const KILLS = Number(process.env['APOLLO_KILLS'] ?? '6');
/** From so many on every step has to be hit. */
const ENOUGH = 200;
const SEED = Number(process.env['APOLLO_KILL_SEED'] ?? '1');
/** 3 or 4: with which Helm. */
const HELM = process.env['APOLLO_KILL_HELM'] ?? '4';
/** So many releases at a time, each with a spoke of its own. */
const LANES = Number(process.env['APOLLO_KILL_LANES'] ?? (KILLS >= ENOUGH ? '4' : '2'));
/** A plan may end before it comes by where it was to be hit. */
const MOST_ROUNDS = Math.ceil(KILLS * 1.5) + 10;
const PATIENCE_MS = 60_000;

describe('plans, while their spoke and their helm are killed', () => {
  const goals = new KillGoals();
  const loops: KillLoop[] = [];
  let cluster: SharedTestCluster;
  beforeAll(async () => {
    cluster = await sharedTestCluster();
    const helm = HELM === '3' ? 'helm3' : 'helm';
    for (let lane = 0; lane < LANES; lane += 1) {
      const random = numbersFrom(SEED * 1000 + lane);
      loops.push(await KillLoop.open(cluster, { random, helm, goals }));
    }
  });
  afterAll(async () => {
    for (const loop of loops) await loop.close();
    await cluster.release();
  });

  it(
    `are neither lost nor doubled nor misreported (${KILLS} kills, seed ${SEED}, Helm ${HELM})`,
    async () => {
      const rounds: KillRound[] = [];
      const work = async (loop: KillLoop): Promise<void> => {
        while (isOwed(goals) && rounds.length < MOST_ROUNDS) rounds.push(await loop.round());
      };
      const lanes = await Promise.allSettled(loops.map(work));
      process.stdout.write(`${table(rounds)}\n${doubts(rounds)}\n${sums(rounds, goals)}\n`);
      expect(lanes.filter(({ status }) => status === 'rejected')).toEqual([]);
      expect(rounds.flatMap(({ lies }) => lies)).toEqual([]);
      expect(goals.kills).toBeGreaterThanOrEqual(KILLS);
      expect(rounds.filter(({ verdict }) => verdict === 'succeeded')).not.toEqual([]);
      if (KILLS >= ENOUGH) expect(goals.owed()).toEqual([]);
    },
    PATIENCE_MS * MOST_ROUNDS,
  );
});

function isOwed(goals: KillGoals): boolean {
  return goals.kills < KILLS || (KILLS >= ENOUGH && goals.owed().length > 0);
}

/** How often what was hit where, and how it ended. */
function table(rounds: readonly KillRound[]): string {
  const counts = new Map<string, number>();
  for (const { goal, killed, verdict } of rounds) {
    const what = killed ? `${goal.victim} killed` : `${goal.victim} not killed`;
    const row = `${what} in ${goal.type} when ${goal.step}: ${verdict}`;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  const rows = [...counts].sort(([a], [b]) => a.localeCompare(b));
  return rows.map(([row, count]) => `${`${count}`.padStart(4)} ${row}`).join('\n');
}

/** Of those that a person has to look at. */
function doubts(rounds: readonly KillRound[]): string {
  const unknown = rounds.filter(({ verdict }) => verdict === 'unknown');
  return unknown
    .map(({ goal, message }) => `${goal.victim}, ${goal.type}, ${goal.step}: ${message}`)
    .join('\n');
}

function sums(rounds: readonly KillRound[], goals: KillGoals): string {
  const seconds = rounds.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000 / rounds.length;
  const owed = goals.owed().length;
  const lies = rounds.flatMap((round) => round.lies);
  return [
    `${goals.kills} kills before the verdict in ${rounds.length} rounds of ${seconds.toFixed(1)} s`,
    `${LANES} at a time; ${owed} steps were not hit; ${lies.length} lies`,
    ...lies,
  ].join('\n');
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
