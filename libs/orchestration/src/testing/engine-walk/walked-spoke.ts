import type { Plan } from '@apollo-deploy/domain';
import { acknowledgeMessage } from '../../spokes/acknowledge-message.js';
import { recordHeartbeats } from '../../spokes/record-heartbeats.js';
import { recordPlanProgress } from '../../spokes/record-plan-progress.js';
import { recordPlanResult, type SpokeVerdict } from '../../spokes/record-plan-result.js';
import {
  recordFullState,
  recordStateDelta,
  type ReleaseReportBody,
} from '../../spokes/record-state.js';
import { closeSession, openSession, type SpokeSession } from '../../spokes/spoke-session.js';
import type { Context } from '../../context.js';
import type { OutboxMessage } from '../../ports/records.js';
import type { UnitOfWork } from '../../ports/unit-of-work.js';
import {
  failed,
  HELLO,
  must,
  releaseReport,
  type SeenRelease,
  SUCCEEDED,
} from '../engine-world.js';
import { admitted } from '../joined-spoke.js';
import type { Random } from './random.js';

/** What a spoke needs of the world around it. */
interface Surroundings {
  readonly context: Context;
  readonly clock: Context['clock'];
  read<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T>;
}

/** A plan that this spoke has taken. */
interface Taken {
  readonly expiresAt: number;
  claimed: boolean;
}

type Declined = Extract<SpokeVerdict['result'], { verdict: 'declined' }>['reason'];

/** A spoke and its cluster: takes offers, does what they say or fails, and tells more or less of it. */
export class WalkedSpoke {
  readonly releases = new Map<string, SeenRelease>();
  session: SpokeSession | undefined;
  /** Its process stands still: the session is open and nothing comes. */
  stuck = false;
  private readonly taken = new Map<string, Taken>();
  private generation = 0;

  constructor(
    readonly name: string,
    private readonly world: Surroundings,
  ) {}

  async connect(): Promise<void> {
    const hello = { ...HELLO, clusterUid: `cluster of ${this.name}` };
    this.session = must(await openSession(this.world.context, admitted(this.name), hello));
  }

  /** The hub notices at once, or only by the silence. */
  async disconnect(noticed: boolean): Promise<void> {
    if (this.session !== undefined && noticed) await closeSession(this.world.context, this.session);
    this.session = undefined;
    this.stuck = false;
  }

  /** Whether a heartbeat of it comes now. */
  get speaks(): boolean {
    return this.session !== undefined && !this.stuck;
  }

  async reportAll(): Promise<void> {
    if (this.session === undefined) return;
    this.generation += 1;
    const releases = [...this.releases.keys()].flatMap((name) => this.reportOf(name) ?? []);
    must(
      await recordFullState(this.world.context, this.session, {
        generation: this.generation,
        releases,
      }),
    );
  }

  async reportChange(entity: string): Promise<void> {
    if (this.session === undefined) return;
    this.generation += 1;
    const report = this.reportOf(entity);
    const receipt = await recordStateDelta(this.world.context, this.session, {
      generation: this.generation,
      changed: report === null ? [] : [report],
      removed: report === null ? [{ namespace: 'aria', releaseName: entity }] : [],
    });
    if (must(receipt) === 'gap') await this.reportAll();
  }

  /** Reads its messages and goes on with one of its plans; says what it did. */
  async step(random: Random): Promise<string> {
    const { session, world } = this;
    if (session === undefined || this.stuck) return `${this.name} does nothing`;
    await recordHeartbeats(world.context, new Map([[this.name, world.clock.now().toISOString()]]));
    const read: string[] = [];
    for (const message of await world.read((unit) => unit.outbox.pending([this.name]))) {
      read.push(...(await this.readMessage(session, message, random)));
    }
    const plans = [...this.taken.keys()];
    const done =
      plans.length === 0 || random.once(3)
        ? 'looks'
        : await this.goOn(session, random.pick(plans), random);
    return [`${this.name}:`, ...read, done].join(' ');
  }

  private async readMessage(
    session: SpokeSession,
    message: OutboxMessage,
    random: Random,
  ): Promise<readonly string[]> {
    const { context } = this.world;
    const { planId, payload } = message;
    const told: string[] = [];
    if (message.type === 'plan.offer' && !this.taken.has(planId)) {
      this.taken.set(planId, {
        expiresAt: expiryOf(payload),
        claimed: false,
      });
      await recordPlanProgress(context, session, { planId, phase: 'accepted' });
      told.push(`takes ${planId}`);
    }
    if (message.type === 'plan.cancel' && this.taken.get(planId)?.claimed === false) {
      await this.decline(session, planId, 'cancelled', random);
      told.push(`leaves ${planId}`);
    }
    await acknowledgeMessage(context, session, message.id);
    return told;
  }

  private async goOn(session: SpokeSession, planId: string, random: Random): Promise<string> {
    const taken = this.taken.get(planId);
    const plan = await this.world.read((unit) => unit.plans.get(planId));
    if (
      plan === undefined ||
      taken === undefined ||
      !['EXECUTING', 'UNKNOWN'].includes(plan.state)
    ) {
      this.taken.delete(planId);
      return `forgets ${planId}`;
    }
    if (taken.claimed) return this.run(session, plan, random);
    const { base } = plan.content;
    const seen = this.releases.get(plan.entity);
    const moved = base === null ? seen !== undefined : seen?.revision !== base.revision;
    const expired = taken.expiresAt < this.world.clock.now().getTime();
    if (expired || moved) {
      const reason = expired ? 'expired' : 'base_moved';
      await this.decline(session, planId, reason, random);
      return `declines ${plan.entity} ${reason}`;
    }
    taken.claimed = true;
    await recordPlanProgress(this.world.context, session, { planId, phase: 'claimed' });
    return `claims ${plan.entity}`;
  }

  private async run(session: SpokeSession, plan: Plan, random: Random): Promise<string> {
    const dice = random.below(10);
    if (dice < 5) {
      this.apply(plan, {});
      await this.answer(session, plan, SUCCEEDED, random);
      return `succeeds ${plan.type} ${plan.entity}`;
    }
    if (dice < 8) {
      const outcome = random.pick(['refused', 'unhealthy', 'broken'] as const);
      const status = outcome === 'broken' ? 'failed' : 'deployed';
      if (outcome !== 'refused' && plan.content.chart !== null)
        this.apply(plan, { health: 'Degraded', status });
      await this.answer(session, plan, failed(outcome, random.once(4)), random);
      return `fails ${plan.type} ${plan.entity} ${outcome}`;
    }
    if (dice === 8) return `works on ${plan.entity}`;
    const result = {
      verdict: 'unknown',
      message: 'the helm process was lost',
      evidence: {},
    } as const;
    await this.answer(session, plan, result, random);
    this.taken.set(plan.id, { expiresAt: 0, claimed: true });
    return `does not know ${plan.entity}`;
  }

  private apply(
    { entity, content, values }: Plan,
    state: Pick<SeenRelease, 'health' | 'status'>,
  ): void {
    const revision = (this.releases.get(entity)?.revision ?? 0) + 1;
    if (content.chart === null) this.releases.delete(entity);
    else this.releases.set(entity, { version: content.chart.version, revision, values, ...state });
  }

  private async decline(session: SpokeSession, planId: string, reason: Declined, random: Random) {
    const plan = await this.world.read((unit) => unit.plans.get(planId));
    const result = {
      verdict: 'declined',
      reason,
      message: 'nothing was touched',
      evidence: {},
    } as const;
    if (plan !== undefined) await this.answer(session, plan, result, random);
  }

  /** The answer carries the release mostly, and a report of its own follows now and then. */
  private async answer(
    session: SpokeSession,
    plan: Plan,
    result: SpokeVerdict['result'],
    random: Random,
  ) {
    const told = random.once(4) ? {} : { release: this.reportOf(plan.entity) };
    const verdict = { planId: plan.id, attempt: plan.attempt, result, ...told };
    must(await recordPlanResult(this.world.context, session, verdict));
    this.taken.delete(plan.id);
    if (!random.once(3)) await this.reportChange(plan.entity);
  }

  private reportOf(entity: string): ReleaseReportBody | null {
    const seen = this.releases.get(entity);
    if (seen === undefined) return null;
    const report = releaseReport(entity, seen);
    const head = report['head'] as Readonly<Record<string, string | number>>;
    return { ...report, head: { ...head, chartName: entity.split('-')[0] ?? entity } };
  }
}

function expiryOf({ expiresAt }: OutboxMessage['payload']): number {
  return typeof expiresAt === 'string' ? Date.parse(expiresAt) : 0;
}
