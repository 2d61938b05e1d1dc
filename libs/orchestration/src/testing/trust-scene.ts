import { createEnvironment } from '../catalog/create-environment.js';
import type { Context } from '../context.js';
import { AnnouncingStore } from '../events/announcing-store.js';
import { VirtualClock } from '../ports/clock.js';
import { CountingIds } from '../ports/ids.js';
import { InMemoryStore } from '../ports/in-memory/in-memory-store.js';
import type { AuditEntry, SpokeRecord } from '../ports/records.js';
import { issueJoinToken, type JoinTokenRequest } from '../trust/issue-join-token.js';
import { type JoinDemand, joinSpoke } from '../trust/join-spoke.js';
import type { ShownToken } from '../trust/authenticate-spoke.js';
import { must, PERSON } from './must.js';

/** A hub with environment `dev`, and how a spoke `dev` comes to be trusted there. */
export class TrustScene {
  readonly clock = new VirtualClock(new Date('2026-01-05T09:00:00.000Z'));
  readonly context: Context = {
    store: new AnnouncingStore(new InMemoryStore(), this.clock),
    clock: this.clock,
    ids: new CountingIds(),
    startedAt: new Date(0),
  };
  private shown = 0;

  static async build(): Promise<TrustScene> {
    const scene = new TrustScene();
    must(await createEnvironment(scene.context, PERSON, { name: 'dev', tier: 'development' }));
    return scene;
  }

  /** Makes a join token `token` for spoke `dev`. */
  async token(token: string, change: Partial<JoinTokenRequest> = {}): Promise<void> {
    const request = { spoke: 'dev', environment: 'dev', token, ...change };
    must(await issueJoinToken(this.context, PERSON, request));
  }

  join(demand: Partial<JoinDemand> = {}): ReturnType<typeof joinSpoke> {
    const asked = { token: 'token-1', publicKey: 'key-1', clusterUid: 'cluster-1' };
    return joinSpoke(this.context, { ...asked, ...demand });
  }

  /** Spoke `dev` joins with `key-1`, accepted. */
  async joined(): Promise<void> {
    await this.token('token-1', { clusterUid: 'cluster-1' });
    must(await this.join());
  }

  /** A fresh session token of spoke `dev` for this hub, signed by this key just now. */
  async shows(signer = 'key-1', change: Partial<ShownToken> = {}): Promise<ShownToken> {
    this.shown += 1;
    const issuedAt = this.clock.now();
    const { credential } = await this.spoke();
    return {
      ...{ spoke: 'dev', hub: credential?.hub ?? '', id: `shown-${this.shown}`, issuedAt },
      expiresAt: new Date(issuedAt.getTime() + 60_000),
      isSignedBy: (publicKey) => publicKey === signer,
      ...change,
    };
  }

  async spoke(name = 'dev'): Promise<SpokeRecord> {
    const spoke = await this.context.store.transact((unit) => unit.spokes.get(name));
    if (spoke === undefined) throw new Error(`there is no spoke ${name}`);
    return spoke;
  }

  /** What was done to spoke `dev`, oldest first. */
  async audit(): Promise<readonly string[]> {
    return (await this.entries()).map(({ action }) => action);
  }

  /** The entries of that. */
  async entries(): Promise<readonly AuditEntry[]> {
    const page = await this.context.store.transact((unit) =>
      unit.audit.list({ subject: 'spoke/dev' }, { limit: 200 }),
    );
    return page.items;
  }

  /** Types of all events of spokes, oldest first. */
  async events(): Promise<readonly string[]> {
    const read = await this.context.store.transact((unit) => unit.events.after(undefined, 200));
    return (read.ok ? read.value : []).map(({ type }) => type);
  }
}
