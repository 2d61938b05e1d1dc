import { InMemoryKubeApi, type KubeRequest } from '@apollo-deploy/kube/testing';
import { KubeUnavailable } from '@apollo-deploy/kube';
import type { AuditHead, SpokePayload } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { VirtualTime } from '../testing/virtual-time.js';
import { ConfigMapHeads } from './config-map-heads.js';
import { HeadKeeper } from './head-keeper.js';

const MINUTE_MS = 60_000;
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;

const head = (number: number, letter = 'a'): AuditHead => ({
  ...{ number, hash: letter.repeat(64) },
  at: '2026-03-02T11:59:59.000Z',
});

/** A spoke that keeps heads in a cluster in memory. */
class Scene {
  readonly time = new VirtualTime();
  readonly kube: InMemoryKubeApi;
  readonly alarms: SpokePayload<'alarm'>[] = [];
  readonly requests: KubeRequest['verb'][] = [];
  readonly said: string[] = [];
  readonly keeper: HeadKeeper;

  constructor(namespaces: readonly string[] = ['apollo-system']) {
    const { time } = this;
    const kube = new InMemoryKubeApi({ namespaces });
    this.kube = kube;
    kube.intercept(({ verb }) => void this.requests.push(verb));
    this.keeper = new HeadKeeper({
      heads: new ConfigMapHeads({ kube, namespace: 'apollo-system', hub: async () => 'hub-1' }),
      alarm: (message) => this.alarms.push(message),
      ...{ clock: time, timer: time },
      log: pino({}, { write: (line) => this.said.push((JSON.parse(line) as { msg: string }).msg) }),
    });
    this.keeper.enter();
  }

  /** Is told this first, and has looked at what is kept. */
  async told(first: AuditHead): Promise<void> {
    this.keeper.take(first);
    await this.time.waitBegins(MINUTE_MS);
  }

  /** A minute goes by, and the spoke has looked because of what waited. */
  async minute(): Promise<void> {
    this.time.advance(MINUTE_MS);
    await this.time.waitBegins(MINUTE_MS);
  }

  /** What is kept, by key: the numbers, or what contradicts what. */
  async kept(): Promise<Readonly<Record<string, unknown>>> {
    const listed = await this.kube.list(CONFIG_MAP, { labelSelector: 'apollo.dev/audit-heads' });
    const [object, ...more] = listed.ok ? listed.value.items : [];
    expect(more).toEqual([]);
    const data = (object?.['data'] ?? {}) as Readonly<Record<string, string>>;
    const texts = Object.entries(data).map(([key, text]) => [key, numbersIn(text)] as const);
    return Object.fromEntries(texts);
  }
}

function numbersIn(text: string): unknown {
  const { number, kept, told } = JSON.parse(text) as Partial<AuditHead> & {
    readonly kept?: AuditHead;
    readonly told?: AuditHead;
  };
  return number ?? { kept: kept?.number, told: told?.number };
}

describe('a spoke that is told how far the audit trail reaches', () => {
  it('keeps that at once, in the namespace of its own, which it makes where there is none', async () => {
    const scene = new Scene([]);
    await scene.told(head(7));
    expect(await scene.kept()).toEqual({ newest: 7, '2026-03-02': 7 });
    expect(scene.alarms).toEqual([]);
  });

  it('writes once a minute at most, and then the newest', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    for (const number of [8, 9, 10]) scene.keeper.take(head(number));
    scene.time.advance(MINUTE_MS - 1);
    expect(await scene.kept()).toMatchObject({ newest: 7 });
    scene.requests.length = 0;
    await scene.minute();
    expect(scene.requests.filter((verb) => verb === 'replace')).toHaveLength(1);
    expect(await scene.kept()).toMatchObject({ newest: 10 });
  });

  it('writes nothing where it is told what it keeps', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    scene.keeper.take(head(7));
    scene.requests.length = 0;
    await scene.minute();
    expect(scene.requests).toEqual(['get']);
  });

  it('raises an alarm where it is told of less, and keeps both, and nothing newer', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    scene.keeper.take(head(5, 'b'));
    await scene.minute();
    const contradicted = { newest: 7, '2026-03-02': 7, contradicted: { kept: 7, told: 5 } };
    expect(await scene.kept()).toEqual(contradicted);
    expect(scene.alarms).toEqual([
      {
        ...{ planId: 'audit-head-5', reason: 'AuditHeadContradicted' },
        message: expect.stringMatching(
          /^it held 7:a{64} at 2026-03-02T12:00:00.000Z, and 5:b{64} at .*delete that once it is explained/,
        ),
      },
    ]);
    expect(scene.alarms[0]?.message).toMatch(
      /ConfigMap apollo-system\/apollo-audit-heads-[0-9a-f]{16} /,
    );
    scene.keeper.take(head(9, 'c'));
    await scene.minute();
    expect(await scene.kept()).toEqual(contradicted);
    expect(scene.alarms).toHaveLength(1);
  });

  it('finds two that contradict each other within one minute', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    for (const one of [head(9), head(8), head(20)]) scene.keeper.take(one);
    await scene.minute();
    expect(await scene.kept()).toMatchObject({ contradicted: { kept: 9, told: 8 } });
  });

  it('finds that one which waits is not there any more when the next is told', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    scene.keeper.take({ ...head(9), before: head(7) });
    scene.keeper.take({ ...head(12, 'c'), before: head(9, 'b') });
    await scene.minute();
    expect(await scene.kept()).toMatchObject({ newest: 9, contradicted: { kept: 9, told: 9 } });
    expect(scene.alarms).toHaveLength(1);
  });

  it.each([
    {
      name: 'that what it keeps is another',
      told: [{ ...head(9, 'b'), before: head(7, 'c') }],
      expected: { kept: 7, told: 7 },
    },
    { name: 'of less', told: [head(5, 'b')], expected: { kept: 7, told: 5 } },
    {
      name: 'of less, and goes on from there',
      told: [head(5, 'b'), { ...head(6, 'b'), before: head(5, 'b') }],
      expected: { kept: 7, told: 5 },
    },
    {
      name: 'of more, and then of less',
      told: [head(8, 'b'), head(9, 'b'), head(5, 'b')],
      expected: { kept: 9, told: 5 },
    },
    {
      name: 'that what it was told first is another',
      told: [head(8, 'b'), head(9, 'b'), { ...head(10, 'b'), before: head(8, 'c') }],
      expected: { kept: 8, told: 8 },
    },
  ])('forgets nothing that waits where it is told $name', async ({ told, expected }) => {
    const scene = new Scene();
    await scene.told(head(7));
    const heal = scene.kube.intercept(() => {
      throw new KubeUnavailable('connection refused', { cause: null });
    });
    for (const one of told) scene.keeper.take(one);
    await scene.minute();
    const [last] = told.slice(-1);
    if (last === undefined) throw new Error('nothing is told');
    scene.keeper.take({ ...head(20, 'b'), before: { number: last.number, hash: last.hash } });
    scene.keeper.take({ ...head(21, 'b'), before: { number: 20, hash: head(20, 'b').hash } });
    heal();
    await scene.minute();
    expect(await scene.kept()).toMatchObject({ contradicted: expected });
    expect(scene.alarms).toHaveLength(1);
  });

  it('says so again in each session, until a person deletes what is kept', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    scene.keeper.take(head(5));
    await scene.minute();
    expect(scene.alarms).toHaveLength(1);
    scene.keeper.enter();
    scene.keeper.take(head(6));
    await scene.minute();
    expect(scene.alarms.map(({ planId }) => planId)).toEqual(['audit-head-5', 'audit-head-5']);
    const [{ metadata } = { metadata: { name: '' } }] = await keptObjects(scene);
    await scene.kube.delete({ ...CONFIG_MAP, namespace: 'apollo-system', name: metadata.name });
    scene.keeper.enter();
    scene.keeper.take(head(6));
    await scene.minute();
    expect(scene.alarms).toHaveLength(2);
    expect(await scene.kept()).toMatchObject({ newest: 6 });
  });

  it('takes it up again a minute after the cluster did not answer', async () => {
    const scene = new Scene();
    const heal = scene.kube.intercept(() => {
      throw new KubeUnavailable('connection refused', { cause: null });
    });
    await scene.told(head(7));
    await scene.minute();
    heal();
    expect(await scene.kept()).toEqual({});
    await scene.minute();
    expect(await scene.kept()).toMatchObject({ newest: 7 });
    expect(scene.said).toEqual([
      'heads of the audit trail are not kept; it is tried again every minute',
      'heads of the audit trail are kept again',
    ]);
  });

  it('looks again where somebody else has written meanwhile', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    const stop = scene.kube.intercept(({ verb }) =>
      verb === 'replace'
        ? {
            ...{ code: 'kube/version_conflict', status: 409, reason: 'Conflict', causes: [] },
            message: 'the object has been modified',
          }
        : undefined,
    );
    scene.keeper.take(head(8));
    await scene.minute();
    expect(await scene.kept()).toMatchObject({ newest: 7 });
    stop();
    await scene.minute();
    expect(await scene.kept()).toMatchObject({ newest: 8 });
  });

  it('leaves alone what it cannot read, and says so', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    const [object] = await keptObjects(scene);
    if (object === undefined) throw new Error('nothing is kept');
    await scene.kube.replace({ ...object, data: { newest: '{"number":3}' } });
    scene.keeper.take(head(8));
    await scene.minute();
    expect(await scene.kept()).toEqual({ newest: 3 });
    expect(scene.said).toHaveLength(1);
  });

  it('begins nothing any more once it is stopped', async () => {
    const scene = new Scene();
    await scene.told(head(7));
    scene.keeper.take(head(8));
    await scene.keeper.stop();
    expect(scene.time.pending).toEqual([]);
    scene.keeper.take(head(9));
    expect(await scene.kept()).toMatchObject({ newest: 7 });
  });
});

async function keptObjects({ kube }: Scene) {
  const listed = await kube.list(CONFIG_MAP, { labelSelector: 'apollo.dev/audit-heads' });
  return listed.ok ? listed.value.items : [];
}
