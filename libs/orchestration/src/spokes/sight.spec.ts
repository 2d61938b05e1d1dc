import { describe, expect, it } from '@jest/globals';
import { EngineWorld, must, releaseReport } from '../testing/engine-world.js';
import type { SpokeSight } from '../ports/records.js';
import { recordFullState } from './record-state.js';

/** `aria-dev` in namespace `aria`, on a spoke that sees only some namespaces. */
class Bound {
  private generation = 100;

  private constructor(readonly world: EngineWorld) {}

  static async build(): Promise<Bound> {
    const world = await EngineWorld.build();
    await world.connect();
    return new Bound(world);
  }

  /** Everything the spoke sees. */
  async report(names: readonly string[], sight?: SpokeSight): Promise<void> {
    this.generation += 1;
    const releases = names.map((name) => releaseReport(name, { version: '1.0.0', revision: 1 }));
    const state = { generation: this.generation, releases, ...(sight !== undefined && { sight }) };
    must(await recordFullState(this.world.context, this.world.session, state));
  }

  async wantAria(): Promise<void> {
    await this.world.entity();
    await this.world.settle();
  }

  plans(): Promise<number> {
    return this.world.context.store.transact(async (unit) => {
      return (await unit.plans.list({}, { limit: 10 })).items.length;
    });
  }

  async stored(): Promise<readonly string[]> {
    const { store } = this.world.context;
    const states = await store.transact((unit) => unit.releaseStates.ofSpoke('dev'));
    return states.map(({ releaseName }) => releaseName);
  }
}

const ELSEWHERE: SpokeSight = { seen: ['other'], unseen: ['aria'] };
const ARIA: SpokeSight = { seen: ['aria'], unseen: [] };

describe('a spoke that does not see a namespace', () => {
  it('does not make the hub install there what may be there, until it sees that it is not', async () => {
    const bound = await Bound.build();
    await bound.report([], ELSEWHERE);
    await bound.wantAria();
    expect(await bound.plans()).toBe(0);

    await bound.report([], ARIA);
    await bound.world.settle();
    expect((await bound.world.lastPlan()).type).toBe('install');
  });

  it('leaves what is known of it as it was', async () => {
    const bound = await Bound.build();
    await bound.report(['aria-dev']);
    await bound.report([], ELSEWHERE);
    expect(await bound.stored()).toEqual(['aria-dev']);
    await bound.report([], ARIA);
    expect(await bound.stored()).toEqual([]);
  });

  it('is taken by its last word from one session to the next', async () => {
    const bound = await Bound.build();
    await bound.report([], ELSEWHERE);
    await bound.world.connect();
    await bound.wantAria();
    expect(await bound.plans()).toBe(0);
  });
});
