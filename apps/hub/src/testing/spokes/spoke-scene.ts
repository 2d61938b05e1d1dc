import {
  type Context,
  CountingIds,
  createEnvironment,
  type OutboxMessage,
  type Principal,
} from '@apollo-deploy/orchestration';
import {
  encodeSpokeFrame,
  type HubFrame,
  type ReleaseReport,
  type SpokeMessageType,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import { admitted, CLUSTER_UID, joinedSpoke } from '@apollo-deploy/orchestration/testing';
import { SessionRegistry } from '../../spokes/session-registry.js';
import { SpokeConnection } from '../../spokes/spoke-connection.js';
import { FakeSocket } from './fake-socket.js';
import { RecordedLog } from './recorded-log.js';
import { SceneStore } from './scene-store.js';
import { VirtualTime } from './virtual-time.js';

const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };

export const HELLO: SpokePayload<'hello'> = {
  agentVersion: '0.1.0',
  protocol: { min: 1, max: 1 },
  agentInstance: 'instance-1',
  clusterUid: CLUSTER_UID,
  helmVersion: 'v4.3.1',
  kubernetesVersion: 'v1.36.3',
  capabilities: ['install', 'upgrade', 'config_update', 'rollback', 'uninstall'],
  simulated: false,
  clock: '2026-01-05T09:00:00.000Z',
};

/** A hub with environment `dev` and its spokes `dev` and `dev-2`, on virtual time, without a network. */
export class SpokeScene {
  readonly time = new VirtualTime();
  readonly store = new SceneStore();
  readonly log = new RecordedLog();
  readonly sessions = new SessionRegistry(this.time);
  readonly heard: string[] = [];
  readonly woken: string[] = [];
  readonly context: Context = {
    store: this.store,
    clock: this.time,
    ids: new CountingIds(),
    startedAt: new Date(0),
  };

  static async build(): Promise<SpokeScene> {
    const scene = new SpokeScene();
    const { context } = scene;
    await createEnvironment(context, PERSON, { name: 'dev', tier: 'development' });
    for (const spoke of ['dev', 'dev-2']) {
      await joinedSpoke(context, { spoke, environment: 'dev' });
    }
    return scene;
  }

  /** A connection that has not said hello. */
  dial(spoke = 'dev'): SpokeEnd {
    const socket = new FakeSocket();
    const { context, sessions, time, log } = this;
    const connection = new SpokeConnection(socket, admitted(spoke), {
      context,
      sessions,
      heard: (name) => this.heard.push(name),
      wakeDelivery: (name) => this.woken.push(name),
      timer: time,
      random: () => 0.5,
      log,
    });
    sessions.track(connection);
    return new SpokeEnd(socket, connection);
  }

  /** A connection with an open session. */
  async connect(spoke = 'dev'): Promise<SpokeEnd> {
    const end = this.dial(spoke);
    end.say('hello', HELLO);
    await end.welcomed();
    return end;
  }
}

/** The spoke's end of a connection. */
export class SpokeEnd {
  epoch = 0;
  private lastId = 0;

  constructor(
    readonly socket: FakeSocket,
    readonly connection: SpokeConnection,
  ) {}

  /** Answers the id of the frame. */
  say<T extends SpokeMessageType>(type: T, payload: SpokePayload<T>, re?: string): string {
    this.lastId += 1;
    const id = `${type}-${String(this.lastId)}`;
    const head = { id, epoch: this.epoch, ts: '2026-01-05T09:00:00.000Z' };
    this.socket.say(encodeSpokeFrame(type, payload, { ...head, ...(re !== undefined && { re }) }));
    return id;
  }

  async welcomed(): Promise<Extract<HubFrame, { t: 'welcome' }>> {
    const welcome = await this.socket.next('welcome');
    this.epoch = welcome.p.epoch;
    return welcome;
  }

  /** Resolves when everything said before has been handled. */
  async caughtUp(generation = 0): Promise<void> {
    const id = this.say('heartbeat', { running: [], generation });
    while ((await this.socket.next('heartbeat')).re !== id);
  }

  /** What was sent since the welcome, as `type` or `type re`. */
  get received(): readonly string[] {
    return this.socket.sent.slice(1).map(({ t, re }) => (re === undefined ? t : `${t} ${re}`));
  }
}

export function aReport(releaseName: string, message = 'all is well'): ReleaseReport {
  return {
    namespace: 'aria',
    releaseName,
    head: {
      revision: 1,
      status: 'deployed',
      chartName: 'aria',
      chartVersion: '1.0.0',
      valuesDigest: 'a'.repeat(64),
      manifestDigest: 'b'.repeat(64),
      secretUid: 'uid-1',
      releaseDigest: 'c'.repeat(64),
    },
    health: 'Healthy',
    message,
    objects: [],
    pods: [],
    drift: [],
    observedAt: '2026-01-05T09:00:00.000Z',
  };
}

export function anOffer(number: number, spoke = 'dev'): OutboxMessage {
  const planId = `plan-${String(number)}`;
  const content = {
    entity: 'aria-dev',
    spoke,
    namespace: 'aria',
    releaseName: 'aria',
    type: 'install',
    base: null,
    chart: { name: 'aria', version: '1.0.0', sha256: 'a'.repeat(64) },
    valuesDigest: 'b'.repeat(64),
    strategy: 'rolling',
    rolloutTimeoutSeconds: 300,
  };
  return {
    id: `offer-${String(number)}`,
    spoke,
    type: 'plan.offer',
    planId,
    payload: {
      planId,
      attempt: 1,
      content,
      digest: 'd'.repeat(64),
      values: {},
      expiresAt: '2026-01-05T09:02:00.000Z',
    },
    createdAt: '2026-01-05T09:00:00.000Z',
  };
}

export function aCancellation(number: number, spoke = 'dev'): OutboxMessage {
  const planId = `plan-${String(number)}`;
  return {
    id: `cancel-${String(number)}`,
    spoke,
    type: 'plan.cancel',
    planId,
    payload: { planId, reason: 'wrong version' },
    createdAt: '2026-01-05T09:00:00.000Z',
  };
}
