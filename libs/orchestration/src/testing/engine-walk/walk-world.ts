import type {
  DependencyDeclaration,
  DesiredState,
  Environment,
  Plan,
  Product,
  StoredConstraint,
  Values,
} from '@apollo-deploy/domain';
import { sha256Hex } from '@apollo-deploy/kernel';
import { addToChannel } from '../../catalog/add-to-channel.js';
import { createEnvironment } from '../../catalog/create-environment.js';
import { createProduct } from '../../catalog/create-product.js';
import { putEntity } from '../../catalog/put-entity.js';
import { registerRelease } from '../../catalog/register-release.js';
import type { Context } from '../../context.js';
import { OrchestrationEngine } from '../../engine/orchestration-engine.js';
import { AnnouncingStore } from '../../events/announcing-store.js';
import { VirtualClock } from '../../ports/clock.js';
import { CountingIds } from '../../ports/ids.js';
import { setRoles } from '../../people/set-roles.js';
import type { Store } from '../../ports/store.js';
import type { UnitOfWork } from '../../ports/unit-of-work.js';
import { OccurrenceClaims } from '../../scheduling/claim-occurrences.js';
import { Sweep } from '../../scheduling/sweep.js';
import { must, PERSON, SRE } from '../engine-world.js';
import { joinedSpoke } from '../joined-spoke.js';
import { APPROVERS } from './approvers.js';
import type { Random } from './random.js';
import { WalkedSpoke } from './walked-spoke.js';

export const VERSIONS = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '2.0.0'] as const;
export const PRODUCTS = ['aria', 'bell'] as const;
type Plane = 'dev' | 'prod';

/** One product on one spoke. */
interface WalkedEntity {
  readonly name: string;
  readonly spoke: string;
  readonly product: string;
}

const SWEEP_TTL_MS = 450_000;
/** Batches after which a queue that is not empty never will be. */
const MOST_BATCHES = 80;

/** A hub with two environments, three spokes and two products that need each other, for a random walk. */
export class WalkWorld {
  readonly clock = new VirtualClock(new Date('2026-01-05T09:00:00.000Z'));
  readonly context: Context;
  engine: OrchestrationEngine;
  sweep: Sweep;
  claims: OccurrenceClaims;
  readonly findings: string[] = [];
  readonly spokes: WalkedSpoke[] = [];
  readonly entities: WalkedEntity[] = [];
  readonly environments = new Map<
    string,
    Pick<Environment, 'tier' | 'execution' | 'maxConcurrent'>
  >();
  readonly products = new Map<string, Pick<Product, 'maxConcurrent'>>();
  readonly spokeLimits = new Map<string, { readonly maxConcurrent?: number }>();
  /** What people have saved and not taken out again. */
  readonly constraints: StoredConstraint[] = [];
  readonly recalls: string[] = [];
  /** Plans that the checkers have seen executing: what came later does not speak against them. */
  readonly seenExecuting = new Set<string>();

  /** The engine works on `store`, the checkers read `truth`. */
  constructor(
    store: Store,
    private readonly truth: Store,
  ) {
    this.context = {
      store: new AnnouncingStore(store, this.clock),
      clock: this.clock,
      ids: new CountingIds(),
      startedAt: new Date(0),
    };
    this.engine = this.newEngine();
    this.sweep = new Sweep(this.context, SWEEP_TTL_MS);
    this.claims = new OccurrenceClaims(this.context);
  }

  finding(message: string): void {
    this.findings.push(message);
  }

  read<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.truth.transact(work);
  }

  async build(random: Random): Promise<void> {
    await this.buildEnvironment('dev', { tier: 'development', execution: 'automatic' }, random);
    const execution = random.once(3) ? 'manual' : 'automatic';
    await this.buildEnvironment('prod', { tier: 'production', execution }, random);
    for (const name of PRODUCTS) {
      const product = { name, criticality: 'medium', ...limit(random) } as const;
      this.products.set(name, product);
      must(await createProduct(this.context, PERSON, product));
      for (const version of VERSIONS.slice(0, 2)) await this.register(name, version, random);
      must(
        await addToChannel(this.context, PERSON, {
          channel: 'dev',
          product: name,
          version: '1.0.0',
        }),
      );
    }
    for (const [spoke, plane] of [
      ['s1', 'dev'],
      ['s2', 'dev'],
      ['p1', 'prod'],
    ] as const) {
      await this.buildSpoke(spoke, plane, random);
    }
    for (const name of APPROVERS) {
      must(await setRoles(this.context, PERSON, { name, ...SRE }));
    }
    for (const { name } of this.entities) await this.put(name, { channel: 'dev' }, {});
  }

  /** True if the product did not have that version yet. */
  async register(product: string, version: string, random: Random): Promise<boolean> {
    const registered = await registerRelease(this.context, PERSON, {
      product,
      version,
      chart: { name: product, version, sha256: sha256Hex(`${product} ${version}`), size: 4 },
      bytes: new Uint8Array([1, 2, 3, 4]),
      dependencies: needsOf(product, random),
    });
    return registered.ok;
  }

  async put(name: string, desired: DesiredState, values: Values): Promise<boolean> {
    const entity = this.entities.find((one) => one.name === name);
    if (entity === undefined) return false;
    const saved = await putEntity(this.context, PERSON, {
      ...entity,
      releaseName: name,
      namespace: 'aria',
      desired,
      values,
    });
    return saved.ok;
  }

  /** Another process takes the hub over; the one before gave its lease up, or the lease has run out. */
  async restart(gaveUp: boolean): Promise<void> {
    if (gaveUp) await this.sweep.giveUp();
    else this.clock.advance(SWEEP_TTL_MS);
    this.engine = this.newEngine();
    this.sweep = new Sweep(this.context, SWEEP_TTL_MS);
    this.claims = new OccurrenceClaims(this.context);
    await this.engine.recover({ everything: true });
  }

  /** Evaluates whom the queue holds until it is empty; answers how many that were. */
  async drain(): Promise<number> {
    let evaluated = 0;
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const some = await this.engine.drainOnce();
      if (some === 0) return evaluated;
      evaluated += some;
    }
    this.finding(`loop: the queue is not empty after ${String(MOST_BATCHES)} batches`);
    return evaluated;
  }

  /** Every plan there ever was. */
  async plans(): Promise<readonly Plan[]> {
    return this.read(async (unit) => {
      const plans: Plan[] = [];
      let after: string | undefined;
      do {
        const page = await unit.plans.list(
          {},
          { limit: 200, ...(after !== undefined && { after }) },
        );
        plans.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return plans;
    });
  }

  private newEngine(): OrchestrationEngine {
    return new OrchestrationEngine(this.context, (entity, error) => {
      this.finding(`bug: evaluating ${entity}: ${error.stack ?? error.message}`);
    });
  }

  private async buildEnvironment(
    name: Plane,
    kind: Pick<Environment, 'tier' | 'execution'>,
    random: Random,
  ): Promise<void> {
    const environment = {
      name,
      ...kind,
      channel: 'dev',
      rollbackOnFailure: !random.once(4),
      ...limit(random),
    };
    this.environments.set(name, environment);
    must(await createEnvironment(this.context, PERSON, environment));
  }

  private async buildSpoke(name: string, environment: Plane, random: Random): Promise<void> {
    const limited = random.once(3) ? { maxConcurrent: 1 } : {};
    this.spokeLimits.set(name, limited);
    const clusterUid = `cluster of ${name}`;
    await joinedSpoke(this.context, { spoke: name, environment, clusterUid, ...limited });
    const spoke = new WalkedSpoke(name, this);
    this.spokes.push(spoke);
    for (const product of PRODUCTS) {
      this.entities.push({ name: `${product}-${name}`, spoke: name, product });
    }
    await spoke.connect();
    await spoke.reportAll();
  }
}

function limit(random: Random): { readonly maxConcurrent?: number } {
  return random.once(3) ? { maxConcurrent: 1 + random.below(2) } : {};
}

function needsOf(product: string, random: Random): readonly DependencyDeclaration[] {
  const ranges = ['>=1.0.0', '^1.0.0', '>=1.1.0', '^2.0.0'] as const;
  if (product === 'aria' && random.once(2))
    return [{ product: 'bell', range: random.pick(ranges), optional: false }];
  return product === 'bell' && random.once(8)
    ? [{ product: 'aria', range: '>=1.0.0', optional: false }]
    : [];
}
