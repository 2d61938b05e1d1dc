import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { WAITS_FOR_A_LOCK } from '@apollo-deploy/storage/testing';
import { says } from '../src/testing/stand-in.js';
import type { Body } from './support/hub-client.js';
import { type OutsideDeployment, OutsideScene } from './support/outside-scene.js';

/** A minute and a half is what it takes; a machine that does much else needs more. */
const PATIENCE_MS = 300_000;
const HOTFIX_REASON = 'it has to be there now';
const REPEATED = { 'idempotency-key': 'the-rollback-of-undone' };

/** HADES is at these: it does two of them, and answers for one. */
const AT_HADES = ['undone', 'done', 'answered'] as const;
/** CHRONOS is at these, and HADES would be next; CHRONOS answers for one. */
const BEFORE_HADES = ['keeping', 'kept'] as const;
const IN_PROD = [...AT_HADES, ...BEFORE_HADES, 'guarded'] as const;
const IN_DEV = ['watched', 'ailing', 'seen'] as const;
const SERVICES = [...IN_PROD, ...IN_DEV] as const;
type Service = (typeof SERVICES)[number];
type Shown = Readonly<Record<Service, OutsideDeployment>>;

describe('kill -9 of the hub while others work for it', () => {
  let scene: OutsideScene;
  /** As the next hub tells of them first, and in the end. */
  let found: Shown;
  let ended: Shown;
  /** What the same request was answered that somebody repeated at the next hub. */
  let repeated: Body;

  beforeAll(async () => {
    scene = await OutsideScene.start({ APOLLO_SETTLING_SECONDS: '2' });
    await Promise.all(IN_PROD.map(bringToProd));
    await Promise.all(IN_DEV.map((service) => scene.service(service, '1.0.0', '1.1.0')));
    await deployed('ailing', '1.0.0');
    const howRollbacksEnd = await letOthersWork();
    await dieWhileNothingIsWritten();
    // All that were asked for break off with the hub.
    expect(new Set(await howRollbacksEnd())).toEqual(new Set(['rejected']));
    await scene.nextHub();
    found = await each((service) => scene.newest(service));
    await scene.reconnect();
    await goOn();
    ended = await each((service) =>
      scene.untilIs(service, service === 'ailing' ? 'rolled_back' : 'completed'),
    );
  }, PATIENCE_MS);
  afterAll(() => scene.stop());

  async function bringToProd(service: (typeof IN_PROD)[number]): Promise<void> {
    await scene.service(service, '1.0.0', '1.1.0');
    await deployed(service, '1.0.0');
    await scene.begun('/promote', { service });
    await scene.agree(service);
    await scene.untilIs(service, 'completed');
    if (service === 'guarded') return;
    await hotfix(service);
    await scene.untilIs(service, 'completed');
  }

  async function deployed(service: Service, version: string): Promise<void> {
    await scene.begun('/deploy', { service, version });
    await scene.untilIs(service, 'completed');
  }

  async function hotfix(service: Service): Promise<void> {
    await scene.begun('/hotfix', { service, version: '1.1.0', reason: HOTFIX_REASON });
    await scene.agree(service);
  }

  function rollBack(service: Service): Promise<Body> {
    const headers = service === 'undone' ? REPEATED : {};
    return scene.ask('/rollback', { service, environment: 'prod' }, headers);
  }

  /** Resolves once all whom it takes are at work; what was asked for is still to be answered. */
  async function letOthersWork(): Promise<() => Promise<readonly string[]>> {
    const { outside } = scene;
    for (const service of AT_HADES) outside.withholds('HADES', service);
    for (const service of [...BEFORE_HADES, 'guarded']) outside.withholds('CHRONOS', service);
    outside.withholds('PANOPTES', 'seen');
    // Each is looked at once, and asked for a second time.
    outside.answers('PANOPTES', (response, heard) => {
      const [service] = ['watched', 'ailing'].filter((one) => heard.path.includes(one));
      if (service !== undefined) outside.withholds('PANOPTES', service);
      says(200, { healthy: service !== 'ailing' })(response, heard);
    });
    await scene.begun('/deploy', { service: 'watched', version: '1.0.0' });
    await scene.begun('/deploy', { service: 'ailing', version: '1.1.0' });
    await outside.hearsOf('PANOPTES', 'watched', 2);
    // Three for what ran there before.
    await outside.hearsOf('PANOPTES', 'ailing', 5);
    // The hub gives each of the others half a minute, and PANOPTES ten seconds: it comes last.
    await hotfix('guarded');
    await outside.hearsOf('CHRONOS', 'guarded', 1);
    const asking = Promise.allSettled([...AT_HADES, ...BEFORE_HADES].map(rollBack));
    for (const service of AT_HADES) await outside.hearsOf('HADES', service, 1);
    for (const service of BEFORE_HADES) await outside.hearsOf('CHRONOS', service, 2);
    await scene.begun('/deploy', { service: 'seen', version: '1.0.0' });
    await outside.hearsOf('PANOPTES', 'seen', 1);
    return async () => (await asking).map(({ status }) => status);
  }

  /** Three have answered, and the hub cannot keep it any more. */
  async function dieWhileNothingIsWritten(): Promise<void> {
    const { database, outside } = scene;
    const letWrite = await database.holdWrites(['deployment_history', 'backups']);
    outside.lets('HADES', 'answered');
    outside.lets('CHRONOS', 'kept');
    outside.lets('PANOPTES', 'seen');
    await eventually('each of them to be heard, and not to be kept', async () =>
      (await database.connections(WAITS_FOR_A_LOCK)) >= 3 ? true : undefined,
    );
    await scene.killHub();
    await letWrite();
    outside.withholds('PANOPTES', 'seen');
  }

  /** All go on as if nothing had happened; HADES has done two of the three. */
  async function goOn(): Promise<void> {
    const { outside } = scene;
    outside.answers('PANOPTES', (response, heard) => {
      says(200, { healthy: !heard.path.includes('ailing') })(response, heard);
    });
    outside.letsAll();
    for (const service of ['done', 'answered']) {
      scene.spoke('prod').seesTakenBack(service, '1.0.0');
    }
    repeated = await rollBack('undone');
    const { suppression } = found.undone.targets[0]?.outside ?? {};
    await scene.client.delete(`/api/v1/suppressions/${String(suppression)}`);
  }

  async function each<T>(look: (service: Service) => Promise<T>): Promise<Record<Service, T>> {
    const all = SERVICES.map(async (one) => [one, await look(one)] as const);
    return Object.fromEntries(await Promise.all(all)) as Record<Service, T>;
  }

  /** What happened to the entity of a service in prod, oldest first. */
  async function deedsAt(service: Service): Promise<readonly Body[]> {
    const path = `/api/v1/audit?subject=entity/${service}-prod&limit=200`;
    return (await scene.client.list(path)).items;
  }

  const doneIn = (stage: 'dev' | 'prod', service: Service): readonly string[] =>
    scene.spoke(stage).done.filter((deed) => deed.startsWith(`${service} `));
  const looksOf = ({ targets }: OutsideDeployment) => targets[0]?.looks ?? [];
  const keysOf = (service: Service) =>
    scene.outside.heardOf('CHRONOS', service).map(({ headers }) => headers['idempotency-key']);

  describe('a rollback that HADES was at', () => {
    it.each(AT_HADES)('tells when it was asked, and that nobody has heard: %s', (service) => {
      const { status, targets, waitsFor } = found[service];
      const outside = { by: 'HADES', askedAt: expect.any(String), until: expect.any(String) };
      expect(status).toBe('backing_up');
      expect(targets).toMatchObject([{ state: 'started', outside }]);
      expect(waitsFor?.map(({ message }) => message)).toContainEqual(
        expect.stringContaining(`HADES was asked at ${String(targets[0]?.outside?.askedAt)}`),
      );
    });

    it.each(AT_HADES)('is not asked of it again: %s', (service) => {
      const calls = scene.outside.heardOf('HADES', service);
      expect(calls.map(({ headers }) => headers['idempotency-key'])).toEqual([found[service].id]);
    });

    it.each(['done', 'answered'] as const)(
      'is completed without a plan, as its spoke has seen it: %s',
      (service) => {
        expect(ended[service]).toMatchObject({ id: found[service].id, plans: [] });
        expect(ended[service].notes).toContain('HADES brought it');
        expect(ended[service].targets).toMatchObject([
          { outside: { unanswered: true, seen: true } },
        ]);
        expect(doneIn('prod', service)).toEqual([
          `${service} 1.0.0 install`,
          `${service} 1.1.0 upgrade`,
        ]);
      },
    );

    it.each(['done', 'answered'] as const)(
      'keeps nothing from there longer than HADES may take to answer: %s',
      async (service) => {
        const { items } = await scene.client.list('/api/v1/suppressions');
        const ends = items
          .filter(({ reason }) => String(reason).includes(`take ${service} back`))
          .map(({ end }) => Date.parse(String(end)));
        const askedAt = Date.parse(String(found[service].targets[0]?.outside?.askedAt));
        expect(ends.filter((end) => end > askedAt + 60_000)).toEqual([]);
      },
    );

    it('that it has not done is brought by the engine, once what kept it from there is lifted', () => {
      expect(repeated).toMatchObject({ deployment_id: found.undone.id });
      expect(ended.undone).toMatchObject({ id: found.undone.id, plans: [{ state: 'SUCCEEDED' }] });
      expect(doneIn('prod', 'undone').at(-1)).toBe('undone 1.0.0 rollback');
    });
  });

  describe('a rollback that CHRONOS was to come before', () => {
    it.each(BEFORE_HADES)('tells that HADES was not asked yet: %s', (service) => {
      const { status, targets, waitsFor } = found[service];
      expect(status).toBe('backing_up');
      expect(targets).toMatchObject([{ outside: { by: 'HADES', until: expect.any(String) } }]);
      expect(targets[0]?.outside).not.toHaveProperty('askedAt');
      expect(waitsFor?.map(({ message }) => message)).toContainEqual(
        expect.stringContaining('what runs is backed up, and then HADES is asked'),
      );
    });

    it.each(BEFORE_HADES)('is brought by the engine, and never asked of HADES: %s', (service) => {
      expect(ended[service]).toMatchObject({ id: found[service].id, backup: 'kept' });
      expect(scene.outside.heardOf('HADES', service)).toEqual([]);
      expect(doneIn('prod', service).at(-1)).toBe(`${service} 1.0.0 rollback`);
    });
  });

  describe('a backup that CHRONOS was at', () => {
    it.each([...BEFORE_HADES, 'guarded'] as const)(
      'is asked for again under the same key, which is said, and nothing goes before it is there: %s',
      async (service) => {
        const keys = keysOf(service).slice(-2);
        expect(keys).toEqual([expect.any(String), keys[0]]);
        expect(keysOf(service)).toHaveLength(service === 'guarded' ? 2 : 3);
        const deeds = await deedsAt(service);
        const told = deeds.filter(({ action }) => String(action).startsWith('backup.')).slice(-2);
        expect(told).toMatchObject([
          { action: 'backup.repeat', detail: { by: 'CHRONOS', asked: 2 } },
          { action: 'backup.done', detail: { by: 'CHRONOS', asked: 2 } },
        ]);
        const [plan] = await scene.client.plans(`${service}-prod`).then((plans) => plans.slice(-1));
        expect(plan?.state).toBe('SUCCEEDED');
        expect(Date.parse(String(plan?.startedAt))).toBeGreaterThanOrEqual(
          Date.parse(String(told[1]?.['at'])),
        );
      },
    );

    it('holds the hotfix that it stands before, which is deployed once', () => {
      expect(found.guarded.status).toBe('backing_up');
      expect(ended.guarded).toMatchObject({ id: found.guarded.id, backup: 'kept' });
      expect(doneIn('prod', 'guarded')).toEqual(['guarded 1.0.0 install', 'guarded 1.1.0 upgrade']);
    });
  });

  describe('looks by PANOPTES', () => {
    it('go on after the one that was kept', () => {
      expect(looksOf(found.watched)).toMatchObject([{ healthy: true }]);
      expect(looksOf(ended.watched)).toMatchObject(Array(3).fill({ healthy: true }));
      expect(looksOf(ended.watched)[0]).toEqual(looksOf(found.watched)[0]);
      expect(doneIn('dev', 'watched')).toEqual(['watched 1.0.0 install']);
    });

    it('count what was ill before: two are enough', () => {
      expect(looksOf(found.ailing)).toMatchObject([{ healthy: false }]);
      expect(looksOf(ended.ailing)).toMatchObject([{ healthy: false }, { healthy: false }]);
      expect(looksOf(ended.ailing)[0]).toEqual(looksOf(found.ailing)[0]);
      expect(doneIn('dev', 'ailing')).toEqual([
        'ailing 1.0.0 install',
        'ailing 1.1.0 upgrade',
        'ailing 1.0.0 rollback',
      ]);
    });

    it('do not count where the answer came and was not kept: it is asked for again', () => {
      expect(looksOf(found.seen)).toEqual([]);
      expect(looksOf(ended.seen)).toMatchObject(Array(3).fill({ healthy: true }));
      expect(scene.outside.heardOf('PANOPTES', 'seen').length).toBeGreaterThanOrEqual(4);
    });
  });
});
