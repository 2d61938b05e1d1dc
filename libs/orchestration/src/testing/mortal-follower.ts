import type { DeploymentWorld } from './deployment-world.js';
import { Killed, type MortalStore } from './mortal-store.js';

/** Follows the deployments of a world as replicas do of which the store kills one on the way. */
export class MortalFollower {
  private replica = 1;

  constructor(
    private readonly world: DeploymentWorld,
    private readonly store: MortalStore,
    /** Called as the first dies, before another one goes on. */
    private readonly onDeath?: () => Promise<void>,
  ) {}

  /** One turn, by another replica where the first dies; answers when time alone moves something next. */
  async follow(): Promise<Date | undefined> {
    const { engine } = this.world;
    await engine.settle();
    this.store.counts = true;
    try {
      return await this.turn();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      await this.onDeath?.();
      // Another replica takes over once the lease of the first has run out.
      this.replica += 1;
      await engine.goTo(new Date(engine.clock.now().getTime() + 16_000).toISOString());
      return await this.turn();
    } finally {
      this.store.counts = false;
      await engine.settle();
    }
  }

  /** Turn after turn, until time alone moves nothing any more. */
  async lookOn(): Promise<void> {
    for (let next = await this.follow(); next !== undefined; next = await this.follow()) {
      await this.world.engine.goTo(next.toISOString());
    }
  }

  private turn(): Promise<Date | undefined> {
    return this.world.turns(`replica-${String(this.replica)}`);
  }
}
