import type { Plan } from '@apollo-deploy/domain';
import {
  addToChannel,
  type Context,
  createEnvironment,
  createProduct,
  OrchestrationEngine,
  type OutboxMessage,
  type PlanSigner,
  type Principal,
  putEntity,
  registerRelease,
  type SpokeRecord,
} from '@apollo-deploy/orchestration';
import { VirtualTime } from '@apollo-deploy/orchestration/testing';
import type { SpokePayload } from '@apollo-deploy/protocol';
import { FaultProxy } from '@apollo-deploy/protocol/testing';
import { openStore } from '@apollo-deploy/storage';
import type { TestDatabase } from '@apollo-deploy/storage/testing';
import { UlidIds } from '../../../apps/hub/src/platform/ulid-ids.js';
import { SpokeClient } from '../../../apps/hub/src/testing/spokes/spoke-client.js';
import { anOffer } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import { ariaChart } from './aria-charts.js';
import { TestCredential } from '../../../apps/hub/src/testing/spokes/test-credential.js';
import { HubReplica } from './hub-replica.js';
import { LinkedSpoke } from './linked-spoke.js';

const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };

interface MeetingParts {
  readonly database: TestDatabase;
  readonly context: Context;
  readonly time: VirtualTime;
  readonly hub: HubReplica;
  readonly proxy: FaultProxy;
  readonly credential: TestCredential;
}

/**
 * A hub on PostgreSQL and real spokes that dial it through a network that fails on demand. Both sides
 * run on one virtual time; bytes travel in real time.
 */
export class Meeting {
  private readonly spokes: LinkedSpoke[] = [];
  private readonly replicas: HubReplica[] = [];
  private readonly others: SpokeClient[] = [];

  readonly context: Context;
  readonly time: VirtualTime;
  readonly hub: HubReplica;
  readonly proxy: FaultProxy;
  /** Of the spoke `dev`. */
  readonly credential: TestCredential;
  private readonly database: TestDatabase;

  private constructor(parts: MeetingParts) {
    this.database = parts.database;
    this.context = parts.context;
    this.time = parts.time;
    this.hub = parts.hub;
    this.proxy = parts.proxy;
    this.credential = parts.credential;
    this.replicas.push(this.hub);
  }

  /** Environment `dev` with spoke `dev`, on an empty database. */
  static async open(database: TestDatabase, signer?: PlanSigner): Promise<Meeting> {
    await database.empty();
    const time = new VirtualTime();
    const store = await openStore('database', { url: database.url });
    const context = {
      ...{ store, clock: time, ids: new UlidIds(), startedAt: new Date(0) },
      ...(signer !== undefined && { signer }),
    };
    await createEnvironment(context, PERSON, { name: 'dev', tier: 'development' });
    const credential = await TestCredential.joined(context, 'dev');
    const hub = await HubReplica.start(context, time);
    const proxy = await FaultProxy.start(hub.port);
    return new Meeting({ database, context, time, hub, proxy, credential });
  }

  /** The spoke `dev`, which dials through the proxy or this port. */
  spoke(hello: Partial<SpokePayload<'hello'>> = {}, port = this.proxy.port): LinkedSpoke {
    const spoke = new LinkedSpoke({ time: this.time, port, token: () => this.token(), hello });
    this.spokes.push(spoke);
    return spoke;
  }

  /** A session token of the spoke `dev`, of this moment. */
  token(): string {
    return this.credential.token(this.time.now());
  }

  /** Another replica of the hub on the same database. */
  async anotherReplica(): Promise<HubReplica> {
    const replica = await HubReplica.start(this.context, this.time);
    this.replicas.push(replica);
    return replica;
  }

  /** Lets time pass until something has ended. */
  async ended(work: Promise<void>): Promise<void> {
    const over = work.then(() => true);
    const turn = (): Promise<false> => new Promise((go) => setImmediate(() => go(false)));
    while (!(await Promise.race([over, turn()]))) this.time.advance(1000);
  }

  async close(): Promise<void> {
    this.proxy.heal();
    for (const { link } of this.spokes) await link.close();
    for (const { socket } of this.others) socket.terminate();
    for (const replica of this.replicas) await this.ended(replica.stop());
    await this.proxy.stop();
    await this.context.store.close();
  }

  /** What the hub knows of the spoke. */
  async stored(): Promise<SpokeRecord> {
    const spoke = await this.context.store.transact((unit) => unit.spokes.get('dev'));
    if (spoke === undefined) throw new Error('there is no spoke dev');
    return spoke;
  }

  /** Names of the releases that are stored of the spoke. */
  async releases(): Promise<readonly string[]> {
    const { store } = this.context;
    const states = await store.transact((unit) => unit.releaseStates.ofSpoke('dev'));
    return states.map(({ releaseName }) => releaseName).sort();
  }

  /** Writes offers 1 to `count`, each with values of this many characters. */
  async offers(count: number, characters = 0): Promise<void> {
    const values = { text: 'x'.repeat(characters) };
    await this.context.store.transact(async (unit) => {
      for (let number = 1; number <= count; number += 1) {
        const offer = anOffer(number);
        await unit.outbox.add({ ...offer, payload: { ...offer.payload, values } });
      }
    });
  }

  /** A person cancels the newest plan of `aria`. */
  async cancelAria(): Promise<void> {
    const [plan] = await this.plansOf('aria-dev');
    const engine = new OrchestrationEngine(this.context, () => undefined);
    const cancelled = await engine.cancelPlan(PERSON, plan?.id ?? '', 'not today');
    if (!cancelled.ok) throw new Error(cancelled.error.detail);
  }

  outbox(): Promise<readonly OutboxMessage[]> {
    return this.context.store.transact((unit) => unit.outbox.pending(['dev']));
  }

  /** Desires `aria` 1.0.0 on the spoke, and has the engine look at what is to be done. */
  async desireAria(requires: readonly string[] = []): Promise<void> {
    const { context } = this;
    await createProduct(context, PERSON, { name: 'aria', criticality: 'medium' });
    await this.register('1.0.0', requires);
    const desired = { channel: 'dev' };
    await putEntity(context, PERSON, { name: 'aria-dev', spoke: 'dev', product: 'aria', desired });
    await this.think();
  }

  /** Brings out a newer version of `aria`, and has the engine look at what is to be done. */
  async releaseAria(version: string): Promise<void> {
    await this.register(version);
    await this.think();
  }

  /** Desires that `aria` goes, and has the engine look at what is to be done. */
  async desireNoAria(): Promise<void> {
    const desired = { absent: true } as const;
    const entity = { name: 'aria-dev', spoke: 'dev', product: 'aria', desired };
    const put = await putEntity(this.context, PERSON, entity);
    if (!put.ok) throw new Error(put.error.detail);
    await this.think();
  }

  /** As after a failover to a standby: the newest state of the spoke, of this release, was never stored. */
  async loseStateOf(release: string): Promise<void> {
    await this.database.query('UPDATE spokes SET state_generation = state_generation - 1');
    await this.database.query(`DELETE FROM release_states WHERE release_name = '${release}'`);
  }

  /** Another process opens a session as the spoke; answers once it is welcome. */
  async anotherProcess(): Promise<void> {
    const other = await SpokeClient.connect(this.hub.port, this.credential, () => this.time.now());
    this.others.push(other);
  }

  /** The plans of an entity, newest first. */
  async plansOf(entity: string): Promise<readonly Plan[]> {
    const { store } = this.context;
    const page = await store.transact((unit) => unit.plans.list({ entity }, { limit: 200 }));
    return page.items;
  }

  /** Lets the engine do all it has to. */
  async think(context: Context = this.context): Promise<void> {
    const engine = new OrchestrationEngine(context, () => undefined);
    while ((await engine.drainOnce()) > 0);
  }

  /** Lets the engine take up what a crash, or a replica without a key, has left. */
  async recover(context: Context = this.context): Promise<void> {
    const engine = new OrchestrationEngine(context, () => undefined);
    await engine.recover({ everything: false });
    while ((await engine.drainOnce()) > 0);
  }

  /** What was done to something, such as `plan/id-1`, oldest first. */
  async auditOf(subject: string): Promise<readonly string[]> {
    const { store } = this.context;
    const page = await store.transact((unit) => unit.audit.list({ subject }, { limit: 200 }));
    return page.items.map(({ action }) => action);
  }

  /** Every row of the database, to see that nothing was written. */
  async everything(): Promise<readonly string[]> {
    const tables = await this.database.query(
      "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    );
    const rows = tables.map(({ name }) =>
      this.database.query(`SELECT t::text AS row FROM ${String(name)} t ORDER BY 1`),
    );
    return (await Promise.all(rows)).flat().map(({ row }) => String(row));
  }

  /** Brings out a version of `aria`, and leaves the engine alone. */
  async register(version: string, requires: readonly string[] = []): Promise<void> {
    const { chart, bytes } = ariaChart(version);
    const release = { product: 'aria', version, dependencies: [], requires };
    await registerRelease(this.context, PERSON, { ...release, chart, bytes });
    await addToChannel(this.context, PERSON, { channel: 'dev', product: 'aria', version });
  }
}
