import type {
  DependencyDeclaration,
  DesiredState,
  Environment,
  Plan,
  PlanPhase,
  Recall,
  Role,
  StoredConstraint,
  Values,
} from '@apollo-deploy/domain';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import { addToChannel } from '../catalog/add-to-channel.js';
import { createEnvironment } from '../catalog/create-environment.js';
import { createProduct } from '../catalog/create-product.js';
import { putEntity } from '../catalog/put-entity.js';
import { registerRelease } from '../catalog/register-release.js';
import { addConstraint, type NewConstraint } from '../constraints/add-constraint.js';
import type { Context } from '../context.js';
import { addRecall, type NewRecall } from '../recalls/add-recall.js';
import { type EntityView, viewEntity } from '../engine/entity-view.js';
import { OrchestrationEngine } from '../engine/orchestration-engine.js';
import { AnnouncingStore } from '../events/announcing-store.js';
import { setRoles } from '../people/set-roles.js';
import type { StoredEvent } from '../ports/event-log.js';
import { VirtualClock } from '../ports/clock.js';
import { CountingIds } from '../ports/ids.js';
import type { SpokeHello } from '../ports/records.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { Principal } from '../ports/principal.js';
import type { Store } from '../ports/store.js';
import { recordFullState, type ReleaseReportBody } from '../spokes/record-state.js';
import { recordHeartbeats } from '../spokes/record-heartbeats.js';
import { recordPlanProgress, recordPlanWaiting } from '../spokes/record-plan-progress.js';
import { recordPlanResult, type SpokeVerdict } from '../spokes/record-plan-result.js';
import { openSession, type SpokeSession } from '../spokes/spoke-session.js';
import { admitted, CLUSTER_UID, joinedSpoke } from './joined-spoke.js';
import { must, PERSON } from './must.js';

export { must, PERSON };

/** What makes somebody an sre everywhere. */
export const SRE = { roles: ['sre'], grants: [], disabled: false } as const;

/** Somebody who acts under a name; the roles that count are those that are stored. */
export function personCalled(name: string): Principal {
  return { kind: 'person', name, roles: [] };
}

export const HELLO = {
  agentVersion: '0.1.0',
  agentInstance: 'instance-1',
  clusterUid: CLUSTER_UID,
  helmVersion: 'v4.3.1',
  kubernetesVersion: 'v1.36.3',
  capabilities: [
    'install',
    'upgrade',
    'config_update',
    'rollback',
    'uninstall',
    'adopt',
    'refuse_conflicts',
  ],
  simulated: false,
};

/** What a release looks like to the spoke, in the protocol's shape. */
export interface SeenRelease {
  readonly version: string;
  readonly revision: number;
  readonly values?: Values;
  readonly status?: string;
  readonly health?: string;
  readonly missing?: string;
  /** The newest revision that is deployed, where that is not the head. */
  readonly deployed?: { readonly version: string; readonly revision: number };
  /** Somebody else made it. */
  readonly unmanaged?: true;
  /** The plan that it says it is of. */
  readonly planId?: string;
}

/** Whom the hub asks besides its spokes, and along which paths it is set to promote. */
export type Outside = Pick<Context, 'backups' | 'health' | 'rollbacks' | 'promotionPaths'>;

/** A hub with one environment, one spoke and a product or more on a virtual clock, told what to do. */
export class EngineWorld {
  readonly clock = new VirtualClock(new Date('2026-01-05T09:00:00.000Z'));
  readonly context: Context;
  readonly engine: OrchestrationEngine;
  /** Entities whose evaluation met a bug. */
  readonly bugs: string[] = [];
  session: SpokeSession = { spoke: 'dev', environment: 'dev', epoch: 0 };
  private generation = 0;

  constructor(store: Store = new InMemoryStore(), outside: Outside = {}) {
    this.context = {
      store: new AnnouncingStore(store, this.clock),
      clock: this.clock,
      ids: new CountingIds(),
      startedAt: new Date(0),
      ...outside,
    };
    this.engine = new OrchestrationEngine(this.context, (entity) => this.bugs.push(entity));
  }

  /** Environment `dev`, product `aria` with releases 1.0.0 and 1.1.0, the first in channel `dev`. */
  static async build(
    environment: Partial<Environment> = {},
    store?: Store,
    outside?: Outside,
  ): Promise<EngineWorld> {
    const world = new EngineWorld(store, outside);
    const { context } = world;
    await createEnvironment(context, PERSON, { name: 'dev', tier: 'development', ...environment });
    await world.product('aria', { '1.0.0': [], '1.1.0': [] });
    await world.release('1.0.0');
    await joinedSpoke(context, { spoke: 'dev', environment: environment.name ?? 'dev' });
    return world;
  }

  /** A product with these releases and what each needs, in no channel yet. */
  async product(
    product: string,
    releases: Readonly<Record<string, readonly DependencyDeclaration[]>>,
  ): Promise<void> {
    await createProduct(this.context, PERSON, { name: product, criticality: 'medium' });
    for (const [version, dependencies] of Object.entries(releases)) {
      await this.register(product, version, dependencies);
    }
  }

  /** Registers one release, in no channel yet. */
  async register(
    product: string,
    version: string,
    dependencies: readonly DependencyDeclaration[] = [],
    requires: readonly string[] = [],
  ): Promise<void> {
    const sha256 = sha256Hex(`${product} ${version}`);
    must(
      await registerRelease(this.context, PERSON, {
        product,
        version,
        chart: { name: product, version, sha256, size: 4 },
        bytes: new Uint8Array([1, 2, 3, 4]),
        dependencies,
        requires,
      }),
    );
  }

  /** Puts a release into channel `dev`. */
  async release(version: string, product = 'aria'): Promise<void> {
    must(await addToChannel(this.context, PERSON, { channel: 'dev', product, version }));
  }

  async constraint(constraint: NewConstraint): Promise<StoredConstraint> {
    return must(await addConstraint(this.context, PERSON, constraint));
  }

  /** Recalls releases of `aria` for losing orders, unless told otherwise. */
  async recall(range: string, change: Partial<NewRecall> = {}): Promise<Recall> {
    const given: NewRecall = {
      product: 'aria',
      range,
      strategy: 'forward',
      reason: 'It loses orders',
      ...change,
    };
    return must(await addRecall(this.context, PERSON, given));
  }

  async connect(hello: Partial<SpokeHello> = {}): Promise<void> {
    this.session = must(await openSession(this.context, admitted('dev'), { ...HELLO, ...hello }));
  }

  /** Time goes on to an instant, and the spoke is heard then. */
  async goTo(instant: string): Promise<void> {
    this.clock.advance(Date.parse(instant) - this.clock.now().getTime());
    await recordHeartbeats(this.context, new Map([['dev', this.clock.now().toISOString()]]));
  }

  async entity(
    desired: DesiredState = { channel: 'dev' },
    values: Values = {},
    name = 'aria-dev',
    product = 'aria',
  ): Promise<void> {
    must(
      await putEntity(this.context, PERSON, {
        name,
        spoke: 'dev',
        product,
        releaseName: name,
        namespace: 'aria',
        desired,
        values,
      }),
    );
  }

  /** Somebody has these roles from now on, everywhere. */
  async person(name: string, ...roles: readonly Role[]): Promise<void> {
    const held = { name, roles, grants: [], disabled: false };
    must(await setRoles(this.context, PERSON, held));
  }

  /** Lets somebody agree to every plan that waits for people, and what then may go goes. */
  async approveAll(by: string): Promise<void> {
    const waiting = (await this.plans()).filter(({ violations }) =>
      violations.some(({ code }) => code === 'approval'),
    );
    for (const { id, digest } of waiting) {
      must(await this.engine.approvePlan(personCalled(by), id, { digest }));
    }
    await this.settle();
  }

  /** Drains the queue until it is empty. */
  async settle(): Promise<void> {
    while ((await this.engine.drainOnce()) > 0);
  }

  /** The spoke reports exactly these releases, by release name. */
  async report(releases: Readonly<Record<string, SeenRelease>>): Promise<void> {
    this.generation += 1;
    const { context, session, generation } = this;
    const reports = Object.entries(releases).map(([name, seen]) => releaseReport(name, seen));
    must(await recordFullState(context, session, { generation, releases: reports }));
  }

  /** The spoke says how far it has come with a plan. */
  async progress(planId: string, phase: PlanPhase, message?: string): Promise<void> {
    const said = { planId, phase, ...(message !== undefined && { message }) };
    must(await recordPlanProgress(this.context, this.session, said));
  }

  /** The spoke says what a plan waits for, since when. */
  async waits(planId: string, message: string, since: string): Promise<void> {
    must(await recordPlanWaiting(this.context, this.session, { planId, message, since }));
  }

  async result(planId: string, result: SpokeVerdict['result'], seen?: SeenRelease): Promise<void> {
    const plan = await this.context.store.transact((unit) => unit.plans.get(planId));
    const release =
      seen === undefined || plan === undefined
        ? undefined
        : { ...releaseReport(plan.content.releaseName, seen), namespace: plan.content.namespace };
    must(
      await recordPlanResult(this.context, this.session, {
        planId,
        attempt: plan?.attempt ?? 1,
        result,
        ...(release !== undefined && { release }),
      }),
    );
  }

  async view(name = 'aria-dev'): Promise<EntityView> {
    const view = await viewEntity(this.context, name);
    if (view === undefined) throw new Error(`no entity ${name}`);
    return view;
  }

  /** Messages for the spoke that it has not acknowledged, oldest first. */
  async outbox(): Promise<readonly { readonly type: string; readonly planId: string }[]> {
    const messages = await this.context.store.transact((unit) => unit.outbox.pending(['dev']));
    return messages.map(({ type, planId }) => ({ type, planId }));
  }

  /** Every plan, oldest first. */
  async plans(): Promise<readonly Plan[]> {
    const page = await this.context.store.transact((unit) => unit.plans.list({}, { limit: 200 }));
    return [...page.items].reverse();
  }

  /** Everything that was announced, oldest first. */
  async events(): Promise<readonly StoredEvent[]> {
    return must(await this.context.store.transact((unit) => unit.events.after(undefined, 1000)));
  }

  async planOf(id: string): Promise<Plan> {
    const plan = await this.context.store.transact((unit) => unit.plans.get(id));
    if (plan === undefined) throw new Error(`no plan ${id}`);
    return plan;
  }

  async lastPlan(): Promise<Plan> {
    const plan = (await this.plans()).at(-1);
    if (plan === undefined) throw new Error('no plan');
    return plan;
  }
}

export const SUCCEEDED = {
  verdict: 'succeeded',
  message: 'all objects are Healthy',
  evidence: {},
} as const;

export function failed(
  outcome: 'refused' | 'unhealthy' | 'broken',
  interrupted = false,
): SpokeVerdict['result'] {
  return {
    verdict: 'failed',
    outcome,
    reason: 'CrashLoopBackOff',
    message: 'pod aria-1 is in CrashLoopBackOff',
    interrupted,
    evidence: {},
  };
}

export function releaseReport(releaseName: string, seen: SeenRelease): ReleaseReportBody {
  const { version, revision, values = {}, status = 'deployed', health = 'Healthy' } = seen;
  return {
    namespace: 'aria',
    releaseName,
    head: {
      revision,
      status,
      chartName: 'aria',
      chartVersion: version,
      valuesDigest: jsonDigest(values),
      manifestDigest: sha256Hex(`manifest ${version}`),
      secretUid: `uid-${String(revision)}`,
      releaseDigest: sha256Hex(`${releaseName} ${String(revision)} ${version}`),
      ...(seen.unmanaged === true && { unmanaged: true }),
      ...(seen.planId !== undefined && { planId: seen.planId }),
      ...(seen.deployed !== undefined && {
        deployed: { revision: seen.deployed.revision, chartVersion: seen.deployed.version },
      }),
    },
    health,
    objects: [],
    pods: [],
    drift:
      seen.missing === undefined
        ? []
        : [
            {
              kind: 'Deployment',
              name: seen.missing,
              message: `Deployment ${seen.missing} is gone`,
            },
          ],
    observedAt: '2026-01-05T09:00:00.000Z',
  };
}
