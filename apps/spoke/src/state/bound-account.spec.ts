import type { KubeRefusal } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { StateScene } from '../testing/state-scene.js';

const FORBIDDEN: KubeRefusal = {
  ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden', message: 'no', causes: [] },
};
/** Listing again after the first trouble, by half of chance. */
const LIST_AGAIN_MS = 375;

/** Release `web` in `shop` and in `other`, and an account that may look where it is bound to. */
class Bound {
  readonly scene = new StateScene();

  private constructor(public boundTo: readonly string[] | 'all') {
    this.scene.kube.intercept(({ verb, ref: { kind, namespace = 'all' } }) => {
      const mayLook = this.boundTo === 'all' || this.boundTo.includes(namespace);
      if (kind === 'Namespace' || (verb !== 'list' && verb !== 'watch')) return undefined;
      return mayLook ? undefined : FORBIDDEN;
    });
  }

  static async to(namespaces: readonly string[] | 'all'): Promise<Bound> {
    const bound = new Bound('all');
    await bound.scene.install();
    await bound.scene.install({ namespace: 'other', planId: 'plan-2' });
    bound.boundTo = namespaces;
    bound.scene.start();
    return bound;
  }

  /** The releases that are reported, with their health. */
  async reported(): Promise<readonly string[]> {
    const reports = await this.scene.state.reports();
    return reports.map(({ namespace, health }) => `${namespace} ${health}`).sort();
  }

  /** Its rights change, and its watches break. */
  async rebind(namespaces: readonly string[] | 'all'): Promise<void> {
    this.boundTo = namespaces;
    this.scene.kube.endWatches({ type: 'expired' });
    for (let again = 0; again < 8; again += 1) {
      await turn();
      this.scene.time.advance(LIST_AGAIN_MS);
    }
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

describe('what an account sees of releases', () => {
  it('that is bound to namespaces: those in them, and which it is to see and does not', async () => {
    const { scene } = await Bound.to(['shop']);
    expect(await scene.state.reports()).toMatchObject([{ namespace: 'shop', health: 'Healthy' }]);
    expect(scene.inventory.sight).toEqual({ seen: ['shop'], unseen: ['other'] });
    expect(scene.inventory.seesCluster).toBe(true);
    scene.stop();
    expect(scene.kube.watchCount).toBe(0);
  });

  it('that is bound to no namespace it looks at: nothing, and it does not say that there is nothing', async () => {
    const bound = await Bound.to([]);
    await turn();
    expect(bound.scene.inventory.seesCluster).toBe(false);
    expect(bound.scene.inventory.sight).toEqual({ seen: [], unseen: ['other', 'shop'] });
    const told = bound.reported().then(() => 'told');
    expect(await Promise.race([told, turn().then(() => 'silent')])).toBe('silent');
    bound.scene.stop();
  });

  it('that loses the right to all: what it saw is not gone', async () => {
    const bound = await Bound.to('all');
    expect(await bound.reported()).toEqual(['other Healthy', 'shop Healthy']);
    await bound.rebind(['shop']);
    expect(bound.scene.inventory.sight).toEqual({ seen: ['shop'], unseen: ['other'] });
    expect(await bound.reported()).toEqual(['other Unknown', 'shop Healthy']);
    bound.scene.stop();
  });

  it('that is given the right to all: everything, by one watch', async () => {
    const bound = await Bound.to(['shop']);
    expect(await bound.reported()).toEqual(['shop Healthy']);
    await bound.rebind('all');
    expect(bound.scene.inventory.sight).toBeNull();
    expect(await bound.reported()).toEqual(['other Healthy', 'shop Healthy']);
    bound.scene.stop();
  });

  it('that is given one namespace more: what is there, once it has been read', async () => {
    const bound = await Bound.to(['shop']);
    await bound.reported();
    await bound.rebind(['shop', 'other']);
    expect(bound.scene.inventory.sight).toEqual({ seen: ['other', 'shop'], unseen: [] });
    expect(await bound.reported()).toEqual(['other Healthy', 'shop Healthy']);
    bound.scene.stop();
  });

  it('that went while nobody looked is gone', async () => {
    const bound = await Bound.to('all');
    await bound.reported();
    const { kube } = bound.scene;
    bound.scene.kube.endWatches({ type: 'expired' });
    await kube.delete({
      ...{ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'sh.helm.release.v1.web.v1' },
    });
    await bound.rebind(['shop', 'other']);
    expect(await bound.reported()).toEqual(['other Healthy']);
    bound.scene.stop();
  });
});
