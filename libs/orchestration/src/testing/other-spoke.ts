import type { DesiredState, Plan, Tier, Values } from '@apollo-deploy/domain';
import { createEnvironment } from '../catalog/create-environment.js';
import { putEntity } from '../catalog/put-entity.js';
import { recordHeartbeats } from '../spokes/record-heartbeats.js';
import { recordPlanResult, type SpokeVerdict } from '../spokes/record-plan-result.js';
import { recordFullState } from '../spokes/record-state.js';
import { closeSession, openSession, type SpokeSession } from '../spokes/spoke-session.js';
import {
  type EngineWorld,
  HELLO,
  must,
  PERSON,
  releaseReport,
  type SeenRelease,
  SUCCEEDED,
} from './engine-world.js';
import { admitted, joinedSpoke } from './joined-spoke.js';

/** Another spoke than `dev` with `aria` on it, in an environment of the same name or in `dev` itself. */
export class OtherSpoke {
  private generation = 0;

  private constructor(
    private readonly world: EngineWorld,
    readonly name: string,
    private session: SpokeSession,
  ) {}

  static async join(world: EngineWorld, name: string, tier: Tier): Promise<OtherSpoke> {
    const { context } = world;
    must(await createEnvironment(context, PERSON, { name, tier }));
    return OtherSpoke.joinIn(world, name, name);
  }

  /** In an environment that there is. */
  static async joinIn(world: EngineWorld, name: string, environment: string): Promise<OtherSpoke> {
    const { context } = world;
    await joinedSpoke(context, { spoke: name, environment });
    return new OtherSpoke(world, name, must(await openSession(context, admitted(name), HELLO)));
  }

  /** It connects anew, and has not reported since. */
  async comeBack(): Promise<void> {
    const { context } = this.world;
    await closeSession(context, this.session);
    this.session = must(await openSession(context, admitted(this.name), HELLO));
  }

  get entity(): string {
    return `aria-${this.name}`;
  }

  async want(desired: DesiredState, values: Values = {}): Promise<void> {
    const { name, entity } = this;
    must(
      await putEntity(this.world.context, PERSON, {
        name: entity,
        spoke: name,
        product: 'aria',
        releaseName: entity,
        namespace: 'aria',
        desired,
        values,
      }),
    );
  }

  /** The spoke sees this release of `aria`, or none. */
  async report(seen?: SeenRelease): Promise<void> {
    this.generation += 1;
    const releases = seen === undefined ? [] : [releaseReport(this.entity, seen)];
    const state = { generation: this.generation, releases };
    must(await recordFullState(this.world.context, this.session, state));
  }

  async succeed(planId: string, seen: SeenRelease): Promise<void> {
    const release = releaseReport(this.entity, seen);
    const { attempt } = await this.world.planOf(planId);
    const verdict = { planId, attempt, result: SUCCEEDED, release };
    must(await recordPlanResult(this.world.context, this.session, verdict));
  }

  /** Its word on the newest plan of its entity. */
  async result(result: SpokeVerdict['result']): Promise<void> {
    const { id: planId, attempt } = await this.lastPlan();
    must(await recordPlanResult(this.world.context, this.session, { planId, attempt, result }));
  }

  /** Its word on a plan, with what runs then. */
  async verdict(plan: Plan, result: SpokeVerdict['result'], seen: SeenRelease): Promise<void> {
    const { id: planId, attempt } = plan;
    const release = releaseReport(this.entity, seen);
    must(
      await recordPlanResult(this.world.context, this.session, {
        planId,
        attempt,
        result,
        release,
      }),
    );
  }

  async heard(): Promise<void> {
    const { context, clock } = this.world;
    await recordHeartbeats(context, new Map([[this.name, clock.now().toISOString()]]));
  }

  /** The newest plan of its entity. */
  async lastPlan(): Promise<Plan> {
    const plan = (await this.world.plans()).filter(({ spoke }) => spoke === this.name).at(-1);
    if (plan === undefined) throw new Error(`no plan on ${this.name}`);
    return plan;
  }
}
