import type { KubeObject } from '@apollo-deploy/kube';
import type { SpokePayload } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '../hub-link/outbox.js';
import { COALESCE_MS, StateScene, WEB } from '../testing/state-scene.js';
import { StateReporter } from './state-reporter.js';

const SECOND_MS = 1000;
const GENERATION = 100;

const replicas = (count: number) => (object: KubeObject) => ({
  ...object,
  spec: { ...(object['spec'] as object), replicas: count },
});

/** A release that has been reported in full, to a hub that acknowledges at once. */
async function reported() {
  const scene = new StateScene();
  await scene.install();
  const deltas: SpokePayload<'state.delta'>[] = [];
  const acknowledged = (): Promise<Delivery> => Promise.resolve('acknowledged');
  const reporter = new StateReporter({
    reports: () => scene.state.reports(),
    sight: () => null,
    outlet: {
      full: acknowledged,
      delta: (delta) => {
        deltas.push(delta);
        return acknowledged();
      },
      discard: () => undefined,
    },
    firstGeneration: GENERATION,
  });
  scene.start();
  await scene.state.reports();
  scene.onChange = (changed) => reporter.report(changed);
  reporter.reportAll();
  await turn();
  return { scene, deltas };
}

/** Everything that does not wait for time to pass has been done. */
function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

describe('a change in the cluster', () => {
  it('is told within a second, in one delta with the 999 that follow it, as it was last', async () => {
    const { scene, deltas } = await reported();
    await scene.edit(WEB, replicas(2));
    await turn();
    for (let count = 3; count <= 1001; count += 1) {
      if (count % 10 === 0) scene.time.advance(1);
      await scene.edit(WEB, replicas(count));
    }
    await turn();
    expect(deltas).toEqual([]);
    scene.time.advance(SECOND_MS - 100);
    await turn();
    expect(deltas).toMatchObject([
      {
        ...{ generation: GENERATION + 2, removed: [] },
        changed: [{ releaseName: 'web', drift: [{ field: 'spec.replicas', live: '1001' }] }],
      },
    ]);
    scene.stop();
  });

  it('is told within a second though changes do not stop coming', async () => {
    const { scene, deltas } = await reported();
    for (let passed = 0; passed < SECOND_MS; passed += 50) {
      await scene.edit(WEB, replicas(2 + passed));
      await turn();
      scene.time.advance(50);
      await turn();
    }
    const generations = deltas.map(({ generation }) => generation);
    expect(generations.length).toBeGreaterThan(0);
    expect(generations.length).toBeLessThanOrEqual(SECOND_MS / COALESCE_MS);
    expect(generations).toEqual(generations.map((_, index) => GENERATION + 2 + index));
    scene.stop();
  });
});
