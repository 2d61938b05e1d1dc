import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Context,
  createEnvironment,
  InMemoryStore,
  issueJoinToken,
  joinSpoke,
  openSession,
  type Principal,
  type SpokeCredential,
  storeNextKey,
  VirtualClock,
} from '@apollo-deploy/orchestration';
import { must } from '@apollo-deploy/orchestration/testing';
import {
  isOfferedBy,
  type JoinRequest,
  joinTokenText,
  type NextKeyOffer,
} from '@apollo-deploy/protocol';
import { IdentityFiles, SpokeCredentials } from '@apollo-deploy/spoke';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { spokeOf } from '../../../apps/hub/src/http/spoke-credential.js';
import { UlidIds } from '../../../apps/hub/src/platform/ulid-ids.js';
import { HELLO } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';

const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };
const DAY_MS = 86_400_000;
const TOKEN = joinTokenText('dev', 'A'.repeat(43));
const { clusterUid } = HELLO;

/** The steps of a change of keys, each durable on one of the two sides when it is done. */
const STEPS = [
  'the spoke has made the next key',
  'the hub has kept it',
  'the spoke knows that',
  'a session of the next key is open',
  'the spoke has no other key',
] as const;

/** A hub and the spoke `dev`, whose key is 31 days old, one call at a time and without a network. */
class Rotation {
  private readonly clock = new VirtualClock(new Date());
  private readonly context: Context = {
    store: new InMemoryStore(),
    clock: this.clock,
    ids: new UlidIds(),
    startedAt: new Date(0),
  };
  private files: IdentityFiles;
  /** How far the clock of the spoke is ahead of the hub's. */
  private aheadMs = 0;
  private credentials: SpokeCredentials;
  private offer: NextKeyOffer | null = null;

  constructor(private directory: string) {
    this.files = new IdentityFiles(directory);
    this.credentials = this.restarted();
  }

  async joined(): Promise<void> {
    const { context } = this;
    must(await createEnvironment(context, PERSON, { name: 'dev', tier: 'development' }));
    const request = { spoke: 'dev', environment: 'dev', token: TOKEN, clusterUid };
    must(await issueJoinToken(context, PERSON, request));
    await this.connects();
    await this.credentials.welcomed();
    const madeAt = new Date(this.clock.now().getTime() - 31 * DAY_MS);
    await utimes(join(this.directory, 'key.pem'), madeAt, madeAt);
  }

  /** The process of the spoke dies, and another one starts with its files five minutes later. */
  dies(aheadMs = 0): void {
    this.clock.advance(5 * 60_000);
    this.aheadMs = aheadMs;
    this.credentials = this.restarted();
    this.offer = null;
  }

  /** From now on it is the one whose files are there. */
  becomes(directory: string): void {
    this.directory = directory;
    this.files = new IdentityFiles(directory);
    this.dies();
  }

  /** Does the first so many steps. */
  async goes(steps: number): Promise<void> {
    const doings = [
      async () => {
        must(await this.connects());
        this.offer = await this.credentials.welcomed();
      },
      () => this.hubKeeps(),
      () => this.credentials.stored(),
      async () => void must(await this.connects()),
      async () => void (await this.credentials.welcomed()),
    ];
    for (const doing of doings.slice(0, steps)) await doing();
  }

  /** As the agent does, until there is nothing left to do; answers how often the hub refused it. */
  async settles(): Promise<number> {
    let refusals = 0;
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const connected = await this.connects();
      if (!connected.ok) {
        refusals += 1;
        const keyIsUnknown = connected.error.code === 'spoke/unauthenticated';
        if (!this.credentials.refused({ hubTime: this.clock.now(), keyIsUnknown }))
          throw new Error('it has no key to come in with');
        continue;
      }
      this.offer = await this.credentials.welcomed();
      if (this.offer === null) return refusals;
      await this.hubKeeps();
      await this.credentials.stored();
    }
    throw new Error('it does not come to an end');
  }

  /** The keys that the hub knows. */
  async known(): Promise<SpokeCredential> {
    const spoke = await this.context.store.transact((unit) => unit.spokes.get('dev'));
    if (spoke?.credential === undefined) throw new Error('the spoke has not joined');
    return spoke.credential;
  }

  /** What the hub tells people of the spoke. */
  async alarm(): Promise<string | undefined> {
    const spoke = await this.context.store.transact((unit) => unit.spokes.get('dev'));
    return spoke?.alarm?.kind;
  }

  /** The hub is restored to what it knew then. */
  async restore(credential: SpokeCredential): Promise<void> {
    await this.context.store.transact(async (unit) => {
      const spoke = await unit.spokes.lock('dev');
      if (spoke !== undefined) await unit.spokes.save({ ...spoke, credential });
    });
  }

  /** The public keys that the spoke holds, the one of the hub first. */
  async held(): Promise<readonly string[]> {
    const names = ['key', 'offered-key', 'stored-key'] as const;
    const keys = await Promise.all(names.map((name) => this.files.key(name)));
    return keys.flatMap((key) => key?.publicKey ?? []);
  }

  private async connects(): ReturnType<typeof openSession> {
    const admitted = await spokeOf(this.context, `Bearer ${await this.credentials.token()}`);
    return admitted.ok ? openSession(this.context, admitted.value, HELLO) : admitted;
  }

  private async hubKeeps(): Promise<void> {
    const { offer } = this;
    if (offer === null) throw new Error('no key is offered');
    const spoke = await this.context.store.transact((unit) => unit.spokes.get('dev'));
    const session = { spoke: 'dev', environment: 'dev', epoch: spoke?.epoch ?? 0 };
    const next = {
      publicKey: offer.publicKey,
      isOfferedBy: (known: Parameters<typeof isOfferedBy>[0]) => isOfferedBy(known, offer),
    };
    must(await storeNextKey(this.context, session, next));
  }

  private restarted(): SpokeCredentials {
    return new SpokeCredentials({
      ...{ files: this.files, hubUrl: 'http://hub', clusterUid },
      clock: { now: () => new Date(this.clock.now().getTime() + this.aheadMs) },
      ...{ keyLifeMs: 30 * DAY_MS, newId: randomUUID, log: pino({ level: 'silent' }) },
      joinToken: () => Promise.resolve(TOKEN),
      fetch: async (_url, init) => {
        const demand = JSON.parse(init?.body as string) as JoinRequest;
        return Response.json(must(await joinSpoke(this.context, demand)));
      },
    });
  }
}

describe('the change of a key', () => {
  let directory: string;
  let rotation: Rotation;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'apollo-rotation-'));
    rotation = new Rotation(directory);
    await rotation.joined();
  });
  afterEach(() => rm(directory, { recursive: true }));

  const CRASHES = [
    { after: 'nothing', steps: 0 },
    ...STEPS.map((after, index) => ({ after, steps: index + 1 })),
  ];

  it.each(CRASHES)(
    'ends with one new key where the spoke dies after: $after',
    async ({ steps }) => {
      const before = (await rotation.known()).publicKey;
      await rotation.goes(steps);
      rotation.dies();
      expect(await rotation.settles()).toBe(0);
      const { publicKey, nextPublicKey } = await rotation.known();
      expect(publicKey).not.toBe(before);
      expect(nextPublicKey).toBeUndefined();
      expect(await rotation.held()).toEqual([publicKey]);
      expect(await rotation.alarm()).toBeUndefined();
    },
  );

  it.each(CRASHES)(
    'is no alarm where the spoke starts anew with a wrong clock, after: $after',
    async ({ steps }) => {
      await rotation.goes(steps);
      rotation.dies(3_600_000);
      expect(await rotation.settles()).toBe(1);
      expect(await rotation.alarm()).toBeUndefined();
      expect(await rotation.held()).toEqual([(await rotation.known()).publicKey]);
    },
  );

  it('by whoever has copied it leaves the spoke outside, and that is an alarm', async () => {
    const copy = `${directory}-copy`;
    await cp(directory, copy, { recursive: true, preserveTimestamps: true });
    try {
      await rotation.goes(STEPS.length);
      rotation.becomes(copy);
      await expect(rotation.settles()).rejects.toThrow('no key to come in with');
      expect(await rotation.alarm()).toBe('clone');
    } finally {
      await rm(copy, { recursive: true });
    }
  });

  it.each(CRASHES.slice(0, -1))(
    'ends with one new key where the hub is restored from before it, after: $after',
    async ({ steps }) => {
      const before = await rotation.known();
      await rotation.goes(steps);
      await rotation.restore(before);
      rotation.dies();
      expect(await rotation.settles()).toBeLessThanOrEqual(1);
      const { publicKey, nextPublicKey } = await rotation.known();
      expect(publicKey).not.toBe(before.publicKey);
      expect(nextPublicKey).toBeUndefined();
      expect(await rotation.held()).toEqual([publicKey]);
    },
  );

  it('needs a new join token only where the hub forgets it after it was over', async () => {
    const before = await rotation.known();
    await rotation.goes(STEPS.length);
    await rotation.restore(before);
    rotation.dies();
    await expect(rotation.settles()).rejects.toThrow('no key to come in with');
  });

  it('happens when the key has reached its age, and not again after that', async () => {
    await rotation.goes(STEPS.length);
    const { publicKey } = await rotation.known();
    expect(await rotation.settles()).toBe(0);
    expect((await rotation.known()).publicKey).toBe(publicKey);
  });
});
