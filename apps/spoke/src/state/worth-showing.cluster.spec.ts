import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterScene } from '../testing/cluster-scene.js';

const LONG_ENOUGH_MS = 120_000;

describe('what a spoke tells of a release that crash-loops on a real cluster', () => {
  let scene: ClusterScene;
  let namespace: string;
  beforeAll(async () => {
    scene = await ClusterScene.open();
    namespace = await scene.cluster.freshNamespace('worth-showing');
  }, 900_000);
  afterAll(() => scene.close());

  it('is that nothing has ended and nobody warned, while it is well', async () => {
    await scene.installed(namespace);
    const report = await scene.report(namespace, ({ health }) => health === 'Healthy');
    expect(report.events).toEqual([]);
    expect(report.pods.map(({ lastTermination }) => lastTermination)).toEqual([undefined]);
  });

  it(
    'holds how its container last ended, and the warning that the cluster gives',
    async () => {
      const { revision, releaseDigest } = (await scene.report(namespace, () => true)).head;
      const offer = scene.offer('broken/crash-looping', '1.1.0', {
        ...{ namespace, type: 'upgrade', base: { revision, releaseDigest } },
      });
      expect(await scene.hub.carryOut(offer)).toMatchObject({ result: { verdict: 'failed' } });
      const { pods, events = [] } = await scene.report(
        namespace,
        (report) => report.events?.some(({ reason }) => reason === 'BackOff') ?? false,
      );
      const crashing = pods.find(({ reason }) => reason === 'CrashLoopBackOff');
      const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
      expect(crashing?.lastTermination).toMatchObject({
        exitCode: 1,
        reason: 'Error',
        at: instant,
      });
      expect(events.find(({ reason }) => reason === 'BackOff')).toEqual({
        ...{ kind: 'Pod', namespace, name: crashing?.name, reason: 'BackOff' },
        message: 'Back-off restarting failed container',
        ...{ count: expect.any(Number), lastAt: instant },
      });
    },
    LONG_ENOUGH_MS,
  );
});
