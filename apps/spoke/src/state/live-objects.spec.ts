import type { KubeObject, KubeRefusal } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { VirtualTime } from '../testing/virtual-time.js';
import { LiveObjects, type Following } from './live-objects.js';

const KIND = { apiVersion: 'apps/v1', kind: 'Deployment' };
const IN_SHOP = { ...KIND, namespace: 'shop' };
const IN_BACK = { ...KIND, namespace: 'back' };
const FORBIDDEN: KubeRefusal = {
  ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden', message: 'no', causes: [] },
};

function deployment(namespace: string): KubeObject {
  return { ...KIND, metadata: { namespace, name: 'web' }, spec: {} };
}

/** A cluster of two namespaces, and an account that may list in those it is bound to. */
class Scene {
  readonly kube = new InMemoryKubeApi({ namespaces: ['shop', 'back'] });
  readonly time = new VirtualTime();
  readonly asked: string[] = [];
  readonly changes: string[] = [];
  readonly live = new LiveObjects({
    ...{ kube: this.kube, timer: this.time, random: () => 0.5, log: pino({ level: 'silent' }) },
  });

  constructor(public boundTo: readonly string[] | 'all') {
    this.kube.intercept(({ verb, ref: { namespace = 'all' } }) => {
      if (verb !== 'list' && verb !== 'watch') return undefined;
      this.asked.push(`${verb} ${namespace}`);
      return this.boundTo === 'all' || this.boundTo.includes(namespace) ? undefined : FORBIDDEN;
    });
  }

  follow(wanted: Parameters<LiveObjects['follow']>[0]): Following {
    return this.live.follow(wanted, ({ type, object: { metadata } }) =>
      this.changes.push(`${type} ${metadata.namespace ?? ''}`),
    );
  }
}

const shop = { ...IN_SHOP, name: 'web' };
const back = { ...IN_BACK, name: 'web' };

describe('live objects', () => {
  it('are watched once for all namespaces where the account may', async () => {
    const scene = new Scene('all');
    await scene.kube.create(deployment('shop'));
    const following = scene.follow([IN_SHOP, IN_BACK]);
    await following.ready;
    expect(following.get(shop)).not.toBeNull();
    expect(scene.asked).toEqual(['list all', 'watch all']);
    expect(following.refusal(shop)).toBeNull();
  });

  it('are watched in each namespace where the account is bound to namespaces', async () => {
    const scene = new Scene(['shop', 'back']);
    for (const namespace of ['shop', 'back']) await scene.kube.create(deployment(namespace));
    const following = scene.follow([IN_SHOP, IN_BACK]);
    await following.ready;
    expect([following.get(shop), following.get(back)]).toEqual([
      expect.objectContaining({ metadata: expect.objectContaining({ namespace: 'shop' }) }),
      expect.objectContaining({ metadata: expect.objectContaining({ namespace: 'back' }) }),
    ]);
    expect(following.list(KIND)).toHaveLength(2);
    expect([following.refusal(shop), following.refusal(back)]).toEqual([null, null]);
    expect(scene.changes).toEqual(['upserted shop', 'upserted back']);
    following.stop();
    expect(scene.kube.watchCount).toBe(0);
  });

  it('say which namespace the account may not look at', async () => {
    const scene = new Scene(['shop']);
    const following = scene.follow([IN_SHOP, IN_BACK]);
    await following.ready;
    expect([following.refusal(shop), following.refusal(back)]).toEqual([null, FORBIDDEN]);
  });

  it('of a kind without namespaces are refused as they were', async () => {
    const scene = new Scene(['shop']);
    const kind = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
    const following = scene.follow([kind]);
    await following.ready;
    expect(following.refusal(kind)).toEqual(FORBIDDEN);
    expect(scene.asked).toEqual(['list all']);
  });

  it('of a namespace that joins later are watched as well', async () => {
    const scene = new Scene(['shop', 'back']);
    const first = scene.follow([IN_SHOP]);
    await first.ready;
    await scene.kube.create(deployment('back'));
    const second = scene.follow([IN_BACK]);
    await second.ready;
    expect(second.get(back)).not.toBeNull();
    first.stop();
    expect(scene.kube.watchCount).toBe(1);
    second.stop();
    expect(scene.kube.watchCount).toBe(0);
  });

  it('are not taken for missing when the account loses the right to all namespaces', async () => {
    const scene = new Scene('all');
    await scene.kube.create(deployment('shop'));
    const following = scene.follow([IN_SHOP]);
    await following.ready;
    scene.boundTo = ['shop'];
    const listedAgain = scene.time.waitBegins(375);
    scene.kube.endWatches({ type: 'expired' });
    await listedAgain;
    scene.time.advance(375);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(following.get(shop) ?? following.refusal(shop)).not.toBeNull();
      await new Promise((next) => setImmediate(next));
    }
    expect(following.get(shop)).not.toBeNull();
    expect(following.refusal(shop)).toBeNull();
    expect(scene.asked.slice(-3)).toEqual(['list all', 'list shop', 'watch shop']);
  });

  it('go back to one watch when the account is given the right', async () => {
    const scene = new Scene(['shop', 'back']);
    const following = scene.follow([IN_SHOP, IN_BACK]);
    await following.ready;
    expect(scene.kube.watchCount).toBe(2);
    scene.boundTo = 'all';
    scene.time.advance(375);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((next) => setImmediate(next));
    expect(scene.kube.watchCount).toBe(1);
    await scene.kube.create(deployment('shop'));
    await new Promise((next) => setImmediate(next));
    expect(following.get(shop)).not.toBeNull();
  });
});
