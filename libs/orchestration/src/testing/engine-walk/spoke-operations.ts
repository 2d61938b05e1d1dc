import { recordHeartbeats } from '../../spokes/record-heartbeats.js';
import type { SeenRelease } from '../engine-world.js';
import type { Operation } from './operation.js';

const MINUTE_MS = 60_000;
const LEAPS_MS = [1, 20, 60, 60, 300, 600, 1860, 3600, 21_600].map((seconds) => seconds * 1000);

/** What happens in a cluster without Apollo; `undefined` = the release is gone. */
const ACCIDENTS: Readonly<Record<string, (seen: SeenRelease) => SeenRelease | undefined>> = {
  sick: (seen) => ({ ...seen, health: 'Degraded' }),
  well: ({ version, revision, values = {} }) => ({ version, revision, values }),
  drifted: (seen) => ({ ...seen, missing: 'aria' }),
  gone: () => undefined,
  foreign: (seen) => ({ ...seen, version: '0.9.0', revision: seen.revision + 1 }),
  locked: (seen) => ({ ...seen, status: 'pending-upgrade' }),
  failed: (seen) => ({ ...seen, status: 'failed', health: 'Degraded' }),
  edited: (seen) => ({ ...seen, values: { z: 9 }, revision: seen.revision + 1 }),
};

/** What time, clusters, spokes and the hub's process do. */
export const SPOKE_OPERATIONS: readonly Operation[] = [
  {
    name: 'time',
    weight: 14,
    run: async ({ clock, context, spokes }, random) => {
      const leap = random.pick(LEAPS_MS);
      clock.advance(leap);
      const heard = random.once(6) ? [] : spokes.filter(({ speaks }) => speaks);
      const now = clock.now().toISOString();
      await recordHeartbeats(context, new Map(heard.map(({ name }) => [name, now])));
      return `${String(leap / MINUTE_MS)} min, heard of ${heard.map(({ name }) => name).join()}`;
    },
  },
  {
    name: 'spokes',
    weight: 34,
    run: async (world, random) => {
      const told: string[] = [];
      for (let turn = random.below(4); turn >= 0; turn--) {
        const spoke = random.pick(world.spokes);
        if (spoke.session === undefined && random.once(3)) {
          await spoke.connect();
          await spoke.reportAll();
        }
        if (spoke.stuck && random.once(2)) spoke.stuck = false;
        told.push(await spoke.step(random));
        if (random.once(2)) await world.drain();
      }
      return told.join('; ');
    },
  },
  {
    name: 'accident',
    weight: 5,
    run: async ({ spokes }, random) => {
      const spoke = random.pick(spokes);
      const [name, seen] = random.pick([...spoke.releases, undefined]) ?? [];
      if (name === undefined || seen === undefined) return undefined;
      const [kind, happens] = random.pick(Object.entries(ACCIDENTS));
      const after = happens(seen);
      if (after === undefined) spoke.releases.delete(name);
      else spoke.releases.set(name, after);
      await spoke.reportChange(name);
      return `${name} ${kind}`;
    },
  },
  {
    name: 'connection',
    weight: 4,
    run: async ({ spokes }, random) => {
      const spoke = random.pick(spokes);
      if (spoke.session !== undefined) {
        const noticed = random.once(2);
        await spoke.disconnect(noticed);
        return `${spoke.name} leaves, ${noticed ? 'noticed' : 'unnoticed'}`;
      }
      await spoke.connect();
      const reports = !random.once(5);
      if (reports) await spoke.reportAll();
      return `${spoke.name} is back${reports ? ' and reports' : ''}`;
    },
  },
  {
    name: 'stuck',
    weight: 2,
    run: ({ spokes }, random) => {
      const spoke = random.pick(spokes);
      spoke.stuck = !spoke.stuck;
      return Promise.resolve(`${spoke.name} ${String(spoke.stuck)}`);
    },
  },
  {
    name: 'report',
    weight: 1,
    run: async ({ spokes }, random) => {
      const spoke = random.pick(spokes);
      await spoke.reportAll();
      return spoke.name;
    },
  },
  {
    name: 'restart',
    weight: 1,
    run: async (world, random) => {
      const gaveUp = random.once(2);
      await world.restart(gaveUp);
      return gaveUp ? 'in order' : 'after a crash';
    },
  },
];
