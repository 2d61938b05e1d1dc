import { observeRelease, underlyingState, type HelmRunner } from '@apollo-deploy/helm';
import type { HelmHead, PlanOffer } from '@apollo-deploy/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ClusterScene } from './testing/cluster-scene.js';
import { SmallDisk } from './testing/small-disk.js';

const LONG_ENOUGH_MS = 120_000;

describe.each([{ helm: 4 }, { helm: 3 }] as const)('a spoke with Helm $helm', (given) => {
  let disk: SmallDisk;
  let scene: ClusterScene;
  let namespace: string;
  let head: HelmHead;
  /** What befalls the disk at the next run of Helm. */
  let fault: 'none' | 'full before Helm runs' | 'full once Helm runs';

  const troubled = (helm: HelmRunner): HelmRunner => ({
    version: helm.version,
    render: (request) => helm.render(request),
    recordedChart: (path) => helm.recordedChart(path),
    bringsCrds: (path) => helm.bringsCrds(path),
    run(command, options) {
      const now = fault;
      fault = 'none';
      if (now === 'full before Helm runs') disk.fill();
      if (now === 'full once Helm runs') disk.forgetDiscovery();
      const onStart = (process: { readonly pid: number }): void => {
        if (now === 'full once Helm runs') disk.fillUnder(process.pid);
        options.onStart?.(process);
      };
      return helm.run(command, { ...options, onStart });
    },
  });

  beforeEach(async () => {
    fault = 'none';
    disk = new SmallDisk();
    const options = { helm3: given.helm === 3, workDirectory: disk.path, around: troubled };
    scene = await ClusterScene.open(options);
    namespace = await scene.cluster.freshNamespace('full-disk');
    // The chart is on the disk from now on.
    head = await scene.installed(namespace);
  }, LONG_ENOUGH_MS);
  afterEach(async () => {
    await scene.close();
    disk.close();
  });

  const upgrade = (): PlanOffer =>
    scene.offer('broken/good', '1.0.0', {
      ...{ namespace, type: 'upgrade', values: { config: { MODE: 'quiet' } } },
      base: { revision: head.revision, releaseDigest: head.releaseDigest },
    });
  const history = async (): Promise<readonly string[]> => {
    const state = await observeRelease(scene.kube, { release: 'web', namespace });
    return (underlyingState(state)?.history ?? []).map(
      ({ revision, status }) => `${revision} ${status}`,
    );
  };
  /** What the hub is told that the plan waits for. */
  const waitsFor = ({ planId }: PlanOffer): Promise<string> =>
    scene.hub.eventually(() => {
      const told = scene.hub.frames.find((f) => f.t === 'plan.waiting' && f.p.planId === planId);
      return told?.t === 'plan.waiting' ? told.p.message : undefined;
    });
  const wasAccepted = ({ planId }: PlanOffer): boolean =>
    scene.hub.frames.some((f) => f.t === 'plan.accept' && f.p.planId === planId);

  it.each([
    { name: 'before its claim', claimed: false },
    { name: 'after its claim', claimed: true },
  ])(
    'whose disk has no room for the values of a plan $name waits, and carries it out once there is',
    async ({ claimed }) => {
      const offer = upgrade();
      if (claimed) fault = 'full before Helm runs';
      else disk.fill();
      const told = scene.hub.verdict(offer);
      expect(await waitsFor(offer)).toMatch(
        /an outage has to end first: helm cannot be run: .*(?:ENOSPC|ENOTDIR|EEXIST).*; check .* and /,
      );
      expect(wasAccepted(offer)).toBe(claimed);
      expect(await history()).toEqual(['1 deployed']);
      disk.makeRoom();
      expect(await told).toMatchObject({ verdict: 'succeeded' });
      expect(await history()).toEqual(['1 superseded', '2 deployed']);
    },
    LONG_ENOUGH_MS,
  );

  it(
    'whose disk takes nothing more from the start of Helm carries its plan out all the same',
    async () => {
      expect(disk.remembered()).toBeGreaterThan(0);
      fault = 'full once Helm runs';
      expect(await scene.hub.verdict(upgrade())).toMatchObject({ verdict: 'succeeded' });
      expect(await history()).toEqual(['1 superseded', '2 deployed']);
      // Helm writes nothing to a disk but what saves it questions the next time.
      expect(disk.remembered()).toBe(0);
    },
    LONG_ENOUGH_MS,
  );
});
