import {
  type Context,
  openSession,
  recordFullState,
  recordPlanResult,
  type SpokeSession,
} from '@apollo-deploy/orchestration';
import {
  admitted,
  failed,
  HELLO,
  joinedSpoke,
  must,
  releaseReport,
  SUCCEEDED,
} from '@apollo-deploy/orchestration/testing';
import type { Plan } from '@apollo-deploy/domain';
import type { Store } from '@apollo-deploy/orchestration';
import type { HubConfig } from '../../src/config/hub-config.js';
import { UlidIds } from '../../src/platform/ulid-ids.js';
import { aChart } from '../../src/testing/chart-archive.js';
import { type Answer, TestHub } from '../../src/testing/test-hub.js';

/** A hub with `dev`, `staging` and `prod`, a spoke each, that does what the test says. */
export class PipelineHub {
  private readonly sessions = new Map<string, SpokeSession>();
  private generation = 0;

  private constructor(
    readonly hub: TestHub,
    readonly context: Context,
  ) {}

  /** `web` 1.0.0 and 1.1.0 are registered, the first in channel `dev`. What is deployed settles at once. */
  static async start(
    store?: Store,
    settings: Partial<HubConfig> = { deployments: { settlingMs: 0 } },
  ): Promise<PipelineHub> {
    const parts = store === undefined ? {} : { store };
    const hub = await TestHub.start(settings, parts);
    const context = { ...hub, ids: new UlidIds(), startedAt: new Date(0) };
    const scene = new PipelineHub(hub, { ...context, store: hub.store, clock: hub.clock });
    for (const [name, tier] of [
      ['dev', 'development'],
      ['staging', 'staging'],
      ['prod', 'production'],
    ] as const) {
      await hub.post('/api/v1/environments', { name, tier });
      await scene.join(name);
    }
    await hub.post('/api/v1/products', { name: 'web', criticality: 'low' });
    for (const version of ['1.0.0', '1.1.0']) {
      await hub.release({ product: 'web', version }, await aChart('web', version));
    }
    const release = { product: 'web', version: '1.0.0' };
    await hub.post('/api/v1/channels/dev/releases', release);
    return scene;
  }

  /** A second after whatever was asked for before. */
  deploy(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    this.hub.clock.advance(1000);
    const whole = { service: 'web', ...body };
    return this.hub.post('/deploy', whole, { prefer: 'wait=0', ...headers });
  }

  /** The plan that executes in an environment, once there is one. */
  async executing(environment: string): Promise<Plan> {
    const list = `/api/v1/plans?environment=${environment}&state=EXECUTING`;
    const id = await asked(this.hub, list, (body) => {
      const [plan] = body['items'] as readonly { readonly id: string }[];
      return plan?.id;
    });
    const plan = await this.hub.store.transact((unit) => unit.plans.get(id));
    if (plan === undefined) throw new Error(`plan ${id} is gone`);
    return plan;
  }

  /** The spoke of an environment carries out the plan that executes there. */
  async carryOut(environment: string, ends: 'well' | 'badly' = 'well'): Promise<Plan> {
    const plan = await this.executing(environment);
    const revision = (plan.content.base?.revision ?? 0) + 1;
    const seen = {
      ...{ version: plan.to?.version ?? '', revision, values: plan.values },
      ...(ends === 'badly' && { status: 'failed', health: 'Degraded' }),
    };
    const release = { ...releaseReport('web', seen), namespace: 'web' };
    must(
      await recordPlanResult(this.context, this.session(environment), {
        planId: plan.id,
        attempt: plan.attempt,
        result: ends === 'well' ? SUCCEEDED : failed('unhealthy'),
        release,
      }),
    );
    return plan;
  }

  /** A deployment, once it has come to this status. */
  async untilIs(id: string, status: string): Promise<Answer['body']> {
    return asked(this.hub, `/api/v1/deployments/${id}`, (body) => {
      if (body['status'] === status) return body;
      if (!['completed', 'failed', 'rolled_back'].includes(String(body['status'])))
        return undefined;
      throw new Error(`it is not ${status}: ${JSON.stringify(body)}`);
    });
  }

  stop(): Promise<void> {
    return this.hub.stop();
  }

  private session(environment: string): SpokeSession {
    const session = this.sessions.get(environment);
    if (session === undefined) throw new Error(`no spoke in ${environment}`);
    return session;
  }

  private async join(environment: string): Promise<void> {
    const spoke = `${environment}-1`;
    await joinedSpoke(this.context, { spoke, environment });
    const session = must(await openSession(this.context, admitted(spoke), HELLO));
    this.generation += 1;
    const state = { generation: this.generation, releases: [] };
    must(await recordFullState(this.context, session, state));
    this.sessions.set(environment, session);
  }
}

/** So often it is asked for something to come about; far more often than it ever takes. */
const ASKED_MAX = 2_000;

/** What is read of an answer, asked for until there is something to read. */
async function asked<T>(
  hub: TestHub,
  path: string,
  read: (body: Answer['body']) => T | undefined,
): Promise<T> {
  let last: Answer['body'] = {};
  for (let times = 0; times < ASKED_MAX; times += 1) {
    last = (await hub.get(path)).body;
    const found = read(last);
    if (found !== undefined) return found;
  }
  throw new Error(`it does not come about: ${path} answers ${JSON.stringify(last)}`);
}
