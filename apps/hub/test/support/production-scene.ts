import type { RunRecord } from '@apollo-deploy/domain';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import {
  type Context,
  OrchestrationEngine,
  type Principal,
  recordHeartbeats,
  registerRelease,
  replaceApprovalRule,
  setRoles,
} from '@apollo-deploy/orchestration';
import type { ReleaseReport } from '@apollo-deploy/protocol';
import { UlidIds } from '../../src/platform/ulid-ids.js';
import { SpokeClient } from '../../src/testing/spokes/spoke-client.js';
import { HELLO } from '../../src/testing/spokes/spoke-scene.js';
import { TestCredential } from '../../src/testing/spokes/test-credential.js';
import { type Answer, TestHub } from '../../src/testing/test-hub.js';

type Body = Answer['body'];

const NEEDS_BASE_2 = [{ product: 'base', range: '^2.0.0', optional: false }];
const RELEASES = [
  { product: 'aria', version: '1.0.0', dependencies: [] },
  { product: 'aria', version: '1.1.0', dependencies: [] },
  { product: 'aria', version: '2.0.0', dependencies: NEEDS_BASE_2 },
  { product: 'base', version: '1.5.0', dependencies: [] },
];
const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };

/**
 * A hub on a virtual clock (Sunday, 1 March 2026, noon) with a production environment `prod`, whose
 * spoke runs `aria` 1.0.0 and `base` 1.5.0 as desired, and takes whatever it is offered. All releases ran in
 * development before, and an sre agrees to whatever is wanted.
 */
export class ProductionScene {
  private generation = 0;

  private constructor(
    readonly hub: TestHub,
    readonly spoke: SpokeClient,
  ) {}

  static async start(): Promise<ProductionScene> {
    const hub = await TestHub.start();
    await done(hub.post('/api/v1/environments', { name: 'prod', tier: 'production' }));
    for (const name of ['aria', 'base']) {
      await done(hub.post('/api/v1/products', { name, criticality: 'high' }));
    }
    for (const release of RELEASES) await register(hub, release);
    await hub.store.transact((unit) => unit.runs.put(RELEASES.map(provenBelow)));
    await letAgree(hub);
    const joining = { spoke: 'prod', environment: 'prod', clusterUid: HELLO.clusterUid };
    const { token } = await done(hub.post('/api/v1/join-tokens', joining));
    const credential = await TestCredential.over(hub.url, String(token));
    const spoke = await SpokeClient.connect(Number(new URL(hub.url).port), credential, () =>
      hub.clock.now(),
    );
    const scene = new ProductionScene(hub, spoke);
    await scene.report({ aria: '1.0.0', base: '1.5.0' });
    await scene.want('aria', '1.0.0');
    await scene.want('base', '1.5.0');
    return scene;
  }

  async stop(): Promise<void> {
    this.spoke.socket.terminate();
    await this.hub.stop();
  }

  /** A person pins a product to a version. */
  async want(product: string, version: string): Promise<void> {
    const entity = { spoke: 'prod', product, desired: { version } };
    await done(this.hub.put(`/api/v1/entities/${product}-prod`, entity));
    await this.tryAgain(`${product}-prod`);
  }

  /** An entity is evaluated now, and an sre agrees to what is proposed. */
  async tryAgain(entity: string): Promise<void> {
    await this.evaluate(entity);
    if (await this.agree(entity)) await this.evaluate(entity);
  }

  /** True if somebody was asked. */
  private async agree(entity: string): Promise<boolean> {
    const { hub } = this;
    const [plan] = await hub.store.transact((unit) => unit.plans.openOf([entity]));
    if (plan?.violations.some(({ code }) => code === 'approval') !== true) return false;
    const engine = new OrchestrationEngine(contextOf(hub), (_, bug) => {
      throw bug;
    });
    const approver: Principal = { kind: 'person', name: 'sre-1', roles: [] };
    const given = await engine.approvePlan(approver, plan.id, { digest: plan.digest });
    if (!given.ok) throw new Error(given.error.detail);
    return true;
  }

  private async evaluate(entity: string): Promise<void> {
    await done(this.hub.post('/api/v1/evaluations', { entity }));
  }

  /** The spoke sees these versions, each healthy. */
  async report(versions: Readonly<Record<string, string>>): Promise<void> {
    this.generation += 1;
    const releases = Object.entries(versions).map(([name, version]) => report(name, version));
    this.spoke.say('state.full', { generation: this.generation, part: 1, parts: 1, releases });
    await this.spoke.caughtUp(this.generation);
  }

  /** Time goes on to an instant; the spoke is heard then. */
  async goTo(instant: string): Promise<void> {
    const { clock } = this.hub;
    clock.advance(Date.parse(instant) - clock.now().getTime());
    const heard = new Map([['prod', clock.now().toISOString()]]);
    await recordHeartbeats(contextOf(this.hub), heard);
  }

  async constrain(path: string, body: object): Promise<string> {
    return String((await done(this.hub.post(`/api/v1/${path}`, body)))['id']);
  }

  /** The newest plan of `aria`. */
  async plan(): Promise<Body> {
    const { items } = await done(this.hub.get('/api/v1/plans?entity=aria-prod&limit=1'));
    const [plan] = items as readonly Body[];
    if (plan === undefined) throw new Error('aria has no plan');
    return plan;
  }

  async explain(): Promise<Body> {
    return done(this.hub.get(`/api/v1/plans/${String((await this.plan())['id'])}/explain`));
  }

  /** Resolves with the plan that the spoke is offered next. */
  async offered(): Promise<string> {
    return (await this.spoke.next('plan.offer')).p.planId;
  }
}

function contextOf({ store, clock }: TestHub): Context {
  return { store, clock, ids: new UlidIds(), startedAt: clock.now() };
}

/** There is an sre, and what an sre agrees to stays so, however long the plan waits. */
async function letAgree(hub: TestHub): Promise<void> {
  const context = contextOf(hub);
  const sre = { name: 'sre-1', roles: ['sre'], grants: [], disabled: false } as const;
  const known = await setRoles(context, PERSON, sre);
  if (!known.ok) throw new Error(known.error.detail);
  const rule = { name: 'production', tier: 'production', requiredRoles: ['sre'] } as const;
  const asks = { ...rule, level: 1, allowAuthor: false };
  const replaced = await replaceApprovalRule(context, PERSON, asks);
  if (!replaced.ok) throw new Error(replaced.error.detail);
}

async function register(hub: TestHub, release: (typeof RELEASES)[number]): Promise<void> {
  const { product: name, version } = release;
  const bytes = new TextEncoder().encode(`${name} ${version}`);
  const chart = { name, version, sha256: sha256Hex(bytes), size: bytes.length };
  const registered = await registerRelease(contextOf(hub), PERSON, { ...release, chart, bytes });
  if (!registered.ok) throw new Error(registered.error.detail);
}

/** It succeeded and was Healthy in development. */
function provenBelow({ product, version }: (typeof RELEASES)[number]): RunRecord {
  return {
    entity: `${product}-dev`,
    chartSha256: sha256Hex(new TextEncoder().encode(`${product} ${version}`)),
    version,
    product,
    spoke: 'dev',
    environment: 'dev',
    tier: 'development',
    planId: 'plan-below',
    provenAt: '2026-02-01T12:00:00.000Z',
    healthyMs: 0,
  };
}

/** The body of an answer that is no refusal. */
async function done(answer: Promise<Answer>): Promise<Body> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${String(status)} ${JSON.stringify(body)}`);
  return body;
}

function report(name: string, version: string): ReleaseReport {
  return {
    namespace: name,
    releaseName: name,
    head: {
      revision: 1,
      status: 'deployed',
      chartName: name,
      chartVersion: version,
      valuesDigest: jsonDigest({}),
      manifestDigest: sha256Hex(`manifest ${name} ${version}`),
      secretUid: `uid-${name}-${version}`,
      releaseDigest: sha256Hex(`release ${name} ${version}`),
    },
    health: 'Healthy',
    message: 'all is well',
    objects: [],
    pods: [],
    drift: [],
    observedAt: '2026-03-01T12:00:00.000Z',
  };
}
