import type { BreakGlass, Deployment, Plan } from '@apollo-deploy/domain';
import { liftHold } from '../constraints/hold-entity.js';
import { cancelPlan } from '../engine/cancel-plan.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { failed, must, PERSON, personCalled, SUCCEEDED } from './engine-world.js';
import { Killed, MortalStore } from './mortal-store.js';
import { ProductionWorld } from './production-world.js';

export const LINE_VERSIONS = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'] as const;
export const LINE_PLACES = ['dev', 'prod'] as const;
export type LinePlace = (typeof LINE_PLACES)[number];

/** The process dies at this commit of those that are made next. */
export interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** Longer than a replica that died keeps the lease. */
const LEASE_MS = 16_000;
/** Turns after which what has not come to an end never will. */
const MOST_TURNS = 60;
const ANN = personCalled('ann');

/** `aria` in `dev` and `prod`, with anybody asking for deployments and hubs that die at any commit. */
export class LineWorld {
  private replica = 1;
  private revision = 100;
  private lastVerdict: (() => Promise<void>) | undefined;

  private constructor(
    private readonly scene: ProductionWorld,
    private readonly store: MortalStore,
  ) {}

  /** 1.0.0 runs in both. */
  static async build(): Promise<LineWorld> {
    const store = new MortalStore(0, 'before');
    const scene = await ProductionWorld.build(store);
    const { engine } = scene.world;
    await engine.person('ann', 'sre');
    for (const version of LINE_VERSIONS.slice(2)) await engine.register('aria', version);
    await scene.promoted('1.0.0');
    return new LineWorld(scene, store);
  }

  deploy(version: string, death?: Death): Promise<void> {
    return this.dying(death, () => this.scene.world.request({ version }));
  }

  promote(death?: Death): Promise<void> {
    return this.dying(death, () => this.scene.promote());
  }

  hotfix(version: string, mayWaive: boolean, death?: Death): Promise<void> {
    const by: Principal = mayWaive ? ANN : PERSON;
    const waives = mayWaive ? (['approval', 'window', 'promoted'] as const) : [];
    return this.dying(death, () => this.scene.hotfix({ version, waives }, by));
  }

  rollBack(environment: LinePlace, death?: Death): Promise<void> {
    return this.dying(death, () => this.scene.rollBack({ environment }));
  }

  /** Everything that is to be done now is done, by another replica where the first one dies. */
  async follow(death?: Death): Promise<void> {
    const { engine } = this.scene.world;
    await engine.settle();
    await this.dying(death, () => this.turn());
    await engine.settle();
    await this.turn();
    await engine.settle();
  }

  approve(): Promise<void> {
    return this.scene.world.engine.approveAll('sre-1');
  }

  /** What executes at a place ends, if anything does. */
  async end(place: LinePlace, how: 'well' | 'sick' | 'failed'): Promise<void> {
    const plan = (await this.plans()).find(
      ({ spoke, state }) => spoke === place && state === 'EXECUTING',
    );
    if (plan === undefined) return;
    this.revision += 1;
    const seen = {
      ...{ version: plan.content.chart?.version ?? '', values: plan.values },
      ...{ revision: this.revision, planId: plan.id },
      health: how === 'well' ? 'Healthy' : 'Degraded',
      status: how === 'failed' ? 'failed' : 'deployed',
    };
    const result = how === 'failed' ? failed('unhealthy') : SUCCEEDED;
    const { engine } = this.scene.world;
    this.lastVerdict = () =>
      place === 'dev'
        ? engine.result(plan.id, result, seen)
        : this.scene.prod.verdict(plan, result, seen);
    await this.lastVerdict();
  }

  /** A spoke that has heard no acknowledgement says again what it said last. */
  async sayAgain(): Promise<void> {
    await this.lastVerdict?.();
  }

  async pass(ms: number): Promise<void> {
    const { engine } = this.scene.world;
    await engine.goTo(new Date(engine.clock.now().getTime() + ms).toISOString());
    await this.scene.prod.heard();
    await engine.engine.markDue();
  }

  /** All plans end well, and what waits for somebody is let go or given up; answers what is left. */
  async drain(): Promise<readonly Deployment[]> {
    const { engine } = this.scene.world;
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      await this.follow();
      if ((await this.underWay()).length === 0) return [];
      await this.approve();
      await this.follow();
      for (const place of LINE_PLACES) await this.end(place, 'well');
      for (let look = 0; look < 3; look += 1) {
        await this.pass(8_000);
        await this.follow();
      }
      if (turn % 4 === 3) await this.giveUpWaiting();
    }
    await engine.settle();
    return this.underWay();
  }

  /** What still waits for anything else than people is given up by a person. */
  private async giveUpWaiting(): Promise<void> {
    const { engine } = this.scene.world;
    await this.pass(31 * 60_000);
    for (const { id, state } of await this.plans()) {
      if (state === 'BLOCKED') must(await cancelPlan(engine.context, PERSON, id, 'given up'));
    }
    for (const place of LINE_PLACES) {
      const { hold } = await engine.view(`aria-${place}`);
      if (hold !== undefined) must(await liftHold(engine.context, PERSON, hold.id));
    }
  }

  plans(): Promise<readonly Plan[]> {
    return this.scene.world.engine.plans();
  }

  async deployments(): Promise<readonly Deployment[]> {
    const page = await this.transact((unit) => unit.deployments.list({}, { limit: 200 }));
    return [...page.items].reverse();
  }

  async underWay(): Promise<readonly Deployment[]> {
    return (await this.deployments()).filter(({ endedAt }) => endedAt === undefined);
  }

  /** Break-glasses that nobody has reviewed. */
  owed(): Promise<readonly BreakGlass[]> {
    return this.transact((unit) => unit.breakGlasses.owed(['aria']));
  }

  get now(): Date {
    return this.scene.world.engine.clock.now();
  }

  private transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.scene.world.engine.context.store.transact(work);
  }

  private async turn(): Promise<void> {
    await this.scene.world.turns(`replica-${String(this.replica)}`);
  }

  /** Does it; where the process dies meanwhile another one goes on, once the lease has run out. */
  private async dying(death: Death | undefined, work: () => Promise<unknown>): Promise<void> {
    if (death !== undefined) this.store.dieAgain(death.at, death.when);
    // No two are asked for in the same millisecond.
    this.scene.world.engine.clock.advance(1);
    this.store.counts = death !== undefined;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.replica += 1;
      await this.pass(LEASE_MS);
    } finally {
      this.store.counts = false;
    }
  }
}
