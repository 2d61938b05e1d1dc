import { KubeUnavailable, type KubeApi, type KubeObject } from '@apollo-deploy/kube';
import type { PlanOffer } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { DEAD_HOLDER, ExecutionBench } from '../testing/execution-bench.js';
import { failingKube, type KubeFault, type RequestMatcher } from '../testing/failing-kube.js';
import { anOffer } from '../testing/plan-offers.js';

type Hooks = readonly string[];

interface Scene {
  readonly bench: ExecutionBench;
  readonly offer: PlanOffer;
}

const TWO = { name: 'web', version: '2.0.0' };
/** The hooks that Helm runs for a plan. */
const HOOKS_OF = {
  ...{ install: 'pre-install', upgrade: 'pre-upgrade', config_update: 'post-upgrade' },
  ...{ rollback: 'pre-rollback', uninstall: 'pre-delete' },
} as const;

/** A plan of each type, and a release that it fits; `hooks` has every chart there is. */
const PLANS = {
  install: async (hooks: Hooks = []) => {
    const scene = { bench: benchOf(hooks), offer: anOffer() };
    // The first entry of all makes the ledger's namespace, which is no point of a plan's.
    const { ledger } = scene.bench;
    await ledger.write(await ledger.read(scene.offer.content));
    return scene;
  },
  upgrade: async (hooks: Hooks = []) => {
    const { bench, base } = await atRevisionOne(hooks);
    return { bench, offer: anOffer({ type: 'upgrade', base, chart: TWO }) };
  },
  config_update: async (hooks: Hooks = []) => {
    const { bench, base } = await atRevisionOne(hooks);
    return { bench, offer: anOffer({ type: 'config_update', base, values: { text: 'new' } }) };
  },
  rollback: async (hooks: Hooks = []) => {
    const { bench, base: first } = await atRevisionOne(hooks);
    const upgrade = anOffer({ planId: 'plan-00', type: 'upgrade', base: first, chart: TWO });
    const base = await bench.installed(upgrade);
    return { bench, offer: anOffer({ type: 'rollback', base }) };
  },
  uninstall: async (hooks: Hooks = []) => {
    const { bench, base } = await atRevisionOne(hooks);
    return { bench, offer: anOffer({ type: 'uninstall', base }) };
  },
} satisfies Record<PlanOffer['content']['type'], (hooks?: Hooks) => Promise<Scene>>;
const TYPES = Object.keys(PLANS) as (keyof typeof PLANS)[];
const CHANGING = TYPES.filter((type) => type !== 'install' && type !== 'uninstall');

function benchOf(hooks: Hooks): ExecutionBench {
  const bench = new ExecutionBench();
  for (const version of hooks.length > 0 ? ['1.0.0', '2.0.0'] : []) {
    bench.addChart({ name: 'web', version, hookEvents: hooks, render: () => [] });
  }
  return bench;
}

async function atRevisionOne(hooks: Hooks) {
  const bench = benchOf(hooks);
  return { bench, base: await bench.installed(anOffer({ planId: 'plan-0' })) };
}

/** A spoke takes the offer and dies at the request that matches; nobody follows yet. */
async function dieAt(
  { bench, offer }: Scene,
  at: (subject: unknown, method: string, kind: string) => boolean,
  fault: KubeFault = 'fatal',
): Promise<void> {
  const matcher: RequestMatcher = (_count, method, kind, subject) => at(subject, method, kind);
  const doomed = failingKube(bench.kube, fault, matcher);
  bench.spoke({ instance: 'doomed', kube: doomed.kube }).offer(offer);
  await doomed.failed;
  await bench.quiet();
}

/** What a write to the ledger brings; undefined for any other request. */
function ledgerWrite(subject: unknown): { claim: object | null; verdicts: object[] } | undefined {
  const text = ((subject as KubeObject)['data'] as Record<string, string> | undefined)?.['ledger'];
  if (text === undefined) return undefined;
  return JSON.parse(text) as { claim: object | null; verdicts: object[] };
}

const isClaim = (subject: unknown): boolean => (ledgerWrite(subject)?.claim ?? null) !== null;
const isVerdict = (planId: string) => (subject: unknown) =>
  ledgerWrite(subject)?.verdicts.some((entry) => 'planId' in entry && entry.planId === planId) ===
  true;

const heirOf = ({ bench, offer }: Scene) => bench.spoke({ instance: 'heir' }).carryOut(offer);
const verbs = ({ bench }: Scene) => bench.helm.commands.map(({ verb }) => verb);
/** Both of an upgrade's hooks run for new values as well. */
const isRunFor = (type: keyof typeof PLANS, event: string) =>
  event.split('-')[1] === HOOKS_OF[type].split('-')[1];
const verbOf = (type: keyof typeof PLANS) => (type === 'config_update' ? 'upgrade' : type);

describe('crash point 0: the offer was looked at, and nothing else', () => {
  it.each(TYPES)('it is offered again, and carried out: %s', async (type) => {
    const scene = await PLANS[type]();
    await dieAt(scene, (_subject, method, kind) => method === 'get' && kind === 'ConfigMap');
    expect(await heirOf(scene)).toMatchObject({ verdict: 'succeeded' });
    expect(verbs(scene)).toEqual([verbOf(type)]);
  });

  it('a forged one is refused by the next as well, and nothing is touched', async () => {
    const { bench, offer } = await PLANS.upgrade();
    const scene = { bench, offer: { ...offer, values: { text: 'forged' } } };
    await dieAt(scene, isVerdict('plan-1'));
    expect(await heirOf(scene)).toMatchObject({
      outcome: 'refused',
      reason: 'ValuesDigestDiffers',
    });
    expect(verbs(scene)).toEqual([]);
  });
});

describe('crash point 1: the ledger was read', () => {
  it.each(TYPES)('a verdict that stands is told again, and nothing runs: %s', async (type) => {
    const scene = await PLANS[type]();
    const verdict = await scene.bench.spoke({ instance: 'before' }).carryOut(scene.offer);
    scene.bench.time.advance(86_400_000);
    expect(await heirOf(scene)).toEqual(verdict);
    expect(verbs(scene)).toEqual([verbOf(type)]);
  });

  it.each(TYPES)('1b: a claim of somebody who may live is waited for: %s', async (type) => {
    const scene = await PLANS[type]();
    const { bench, offer } = scene;
    await bench.claimed(offer, { holder: { ...DEAD_HOLDER, host: 'node-b' } });
    const spoke = bench.spoke();
    spoke.offer(offer);
    await bench.time.waitBegins(5000);
    bench.time.advance(86_400_000);
    await bench.time.waitBegins(5000);
    expect(verbs(scene)).toEqual([]);
    expect(spoke.executor.running).toEqual(['plan-1']);
  });
});

describe('crash point 2: the release was found to be another than the plan was made for', () => {
  const moved = async () => {
    const scene = await PLANS.upgrade();
    const theirs = anOffer({ type: 'upgrade', planId: 'x', values: { text: 'theirs' } });
    await scene.bench.helmRan(theirs, 'normal');
    return scene;
  };

  it.each([{ fault: 'fatal' }, { fault: 'posthumous' }] as const)(
    'it is declined, whether that was written down ($fault) or not',
    async ({ fault }) => {
      const scene = await moved();
      await dieAt(scene, isVerdict('plan-1'), fault);
      expect(await heirOf(scene)).toMatchObject({ verdict: 'declined', reason: 'base_moved' });
      expect(verbs(scene)).toEqual([]);
    },
  );

  it('once written down it stays, though the release comes back', async () => {
    const scene = await moved();
    await dieAt(scene, isVerdict('plan-1'), 'posthumous');
    const { bench, offer } = scene;
    await bench.helmRan(anOffer({ type: 'uninstall', planId: 'x' }), 'normal');
    await bench.helmRan(anOffer({ planId: 'plan-0' }), 'normal');
    const again = anOffer({ type: 'upgrade', base: await bench.base(offer), chart: TWO });
    expect(await heirOf({ bench, offer: again })).toMatchObject({ reason: 'base_moved' });
    expect(verbs(scene)).toEqual([]);
  });
});

describe('crash point 3: chart and values were fetched, rendered and tried out', () => {
  it.each(TYPES.filter((type) => type !== 'uninstall'))(
    'nothing is claimed, and the next does it anew: %s',
    async (type) => {
      const scene = await PLANS[type]();
      await dieAt(scene, (_subject, method) => method === 'apply');
      expect((await scene.bench.ledger.read(scene.offer.content)).claim).toBeNull();
      expect(await heirOf(scene)).toMatchObject({ verdict: 'succeeded' });
      expect(verbs(scene)).toEqual([verbOf(type)]);
    },
  );

  it('what the next one finds against it counts', async () => {
    const scene = await PLANS.upgrade();
    await dieAt(scene, (_subject, method) => method === 'apply');
    scene.bench.missingCharts.add(scene.offer.content.chart?.sha256 ?? '');
    expect(await heirOf(scene)).toMatchObject({ outcome: 'refused', reason: 'chart/not_found' });
    expect(verbs(scene)).toEqual([]);
  });
});

describe('crash point 4: the release is claimed, and Helm has not begun', () => {
  it.each(TYPES)('the plan is begun by the next: %s', async (type) => {
    const scene = await PLANS[type]();
    await dieAt(scene, isClaim, 'posthumous');
    expect((await scene.bench.ledger.read(scene.offer.content)).claim?.planId).toBe('plan-1');
    expect(await heirOf(scene)).toMatchObject({ verdict: 'succeeded' });
    expect(verbs(scene)).toEqual([verbOf(type)]);
  });

  it.each(CHANGING)('it is declined where somebody changed the release since: %s', async (type) => {
    const scene = await PLANS[type]();
    await dieAt(scene, isClaim, 'posthumous');
    const theirs = anOffer({ type: 'upgrade', planId: 'x', values: { text: 'theirs' } });
    await scene.bench.helmRan(theirs, 'normal');
    // A rollback of Helm 3 carries no mark, so that nobody can say who did what.
    const expected = type === 'rollback' ? { verdict: 'unknown' } : { reason: 'base_moved' };
    expect(await heirOf(scene)).toMatchObject(expected);
    expect(verbs(scene)).toEqual([]);
  });
});

describe('crash points 5 and 6: Helm was at work, and died with its spoke', () => {
  const killedWithHelm = async (type: keyof typeof PLANS, hooks: Hooks = []) => {
    const scene = await PLANS[type](hooks);
    scene.bench.helm.nextRun('killed');
    await dieAt(scene, () => scene.bench.helm.commands.length > 0);
    return scene;
  };
  const BROKEN = { outcome: 'broken', reason: 'HelmInterrupted', interrupted: true };
  const rows = TYPES.filter((type) => type !== 'uninstall');

  it.each(
    rows.flatMap((type) => [
      { type, name: 'no hooks', hooks: [] },
      {
        ...{ type, name: 'hooks that run at other times' },
        hooks: ['test', ...Object.values(HOOKS_OF).filter((event) => !isRunFor(type, event))],
      },
    ]),
  )('with $name it is broken, free to be tried again, and not stuck: $type', async (row) => {
    const scene = await killedWithHelm(row.type, row.hooks);
    expect(await heirOf(scene)).toMatchObject(BROKEN);
    expect(verbs(scene)).toEqual([verbOf(row.type)]);
    expect((await scene.bench.history(scene.offer)).at(-1)).toMatch(/^\d failed /);
  });

  it.each(rows)('with hooks nobody knows, and it is not stuck: %s', async (type) => {
    const scene = await killedWithHelm(type, [HOOKS_OF[type]]);
    expect(await heirOf(scene)).toMatchObject({ verdict: 'unknown' });
    expect(verbs(scene)).toEqual([verbOf(type)]);
    expect((await scene.bench.history(scene.offer)).at(-1)).toMatch(/^\d failed /);
  });

  it('an uninstallation with hooks: nobody knows, and the next plan goes through with it', async () => {
    const scene = await killedWithHelm('uninstall', ['post-delete']);
    expect(await heirOf(scene)).toMatchObject({
      ...{ verdict: 'unknown', message: expect.stringContaining('hooks may or may not have run') },
    });
    expect(verbs(scene)).toEqual(['uninstall']);
    const { bench, offer } = scene;
    const again = { planId: 'plan-2', type: 'uninstall', base: await bench.base(offer) } as const;
    expect(await heirOf({ bench, offer: anOffer(again) })).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(offer)).toEqual([]);
  });

  it('an uninstallation with hooks whose helm died first, and its spoke after the repair', async () => {
    const scene = await PLANS.uninstall(['pre-delete']);
    scene.bench.helm.nextRun('killed');
    await dieAt(
      scene,
      (_subject, method, kind) => method === 'replace' && kind === 'Secret',
      'posthumous',
    );
    expect(await heirOf(scene)).toMatchObject({ verdict: 'unknown' });
    expect(verbs(scene)).toEqual(['uninstall']);
  });

  it('an uninstallation is gone through again to its end', async () => {
    const scene = await killedWithHelm('uninstall');
    expect(await heirOf(scene)).toMatchObject({ verdict: 'succeeded' });
    expect(verbs(scene)).toEqual(['uninstall', 'uninstall']);
    expect(await scene.bench.history(scene.offer)).toEqual([]);
  });

  it.each(TYPES)('Helm that had written nothing may be started again: %s', async (type) => {
    const scene = await PLANS[type]();
    scene.bench.helm.nextRun('killed_early');
    await dieAt(scene, () => scene.bench.helm.commands.length > 0);
    expect(await heirOf(scene)).toMatchObject({ verdict: 'succeeded' });
    expect(verbs(scene)).toEqual([verbOf(type), verbOf(type)]);
  });
});

describe('crash point 7: Helm was done', () => {
  it.each(TYPES)('the next sees that it is, and runs nothing: %s', async (type) => {
    const scene = await PLANS[type]();
    const { helm } = scene.bench;
    await dieAt(scene, (_subject, method) => method === 'list' && helm.commands.length > 0);
    expect(await heirOf(scene)).toMatchObject({ verdict: 'succeeded' });
    expect(verbs(scene)).toEqual([verbOf(type)]);
  });

  it.each(TYPES)('the rollout keeps its time from the first look on: %s', async (type) => {
    const scene = await PLANS[type]();
    const { bench, offer } = scene;
    const entersVerifying = (subject: unknown): boolean =>
      'verifyingSince' in (ledgerWrite(subject)?.claim ?? {});
    await dieAt(scene, entersVerifying, 'posthumous');
    bench.time.advance(250_000);
    expect((await bench.ledger.read(offer.content)).claim).toMatchObject({
      verifyingSince: '2026-03-02T12:00:00.000Z',
    });
    expect(await heirOf(scene)).toMatchObject({ verdict: 'succeeded' });
    expect(verbs(scene)).toEqual([verbOf(type)]);
  });
});

describe('a plan that Helm has carried out, on a cluster that does not list one kind', () => {
  it.each(TYPES)('is told UNKNOWN a minute after its time, and not before: %s', async (type) => {
    const { bench, offer } = await PLANS[type]();
    const list: KubeApi['list'] = (kind, selection) =>
      kind.kind === 'ConfigMap'
        ? Promise.reject(new KubeUnavailable('the server is overloaded', { cause: null }))
        : bench.kube.list(kind, selection);
    const kube = Object.assign(Object.create(bench.kube) as KubeApi, { list });
    const spoke = bench.spoke({ kube });
    spoke.offer(offer);
    await bench.time.waitBegins(360_000);
    bench.time.advance(359_999);
    await bench.quiet();
    expect(spoke.executor.running).toEqual(['plan-1']);
    bench.time.advance(1);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'unknown' },
      message: expect.stringContaining('ConfigMap (v1) could not be listed'),
    });
  });
});

describe('crash point 8: the verdict is in the ledger', () => {
  it.each(
    TYPES.flatMap((type) => (['fatal', 'posthumous'] as const).map((fault) => ({ type, fault }))),
  )('it is told by the next, or found once more ($fault): $type', async ({ type, fault }) => {
    const scene = await PLANS[type]();
    await dieAt(scene, isVerdict('plan-1'), fault);
    expect(await heirOf(scene)).toMatchObject({ verdict: 'succeeded' });
    expect(verbs(scene)).toEqual([verbOf(type)]);
    const kept = await scene.bench.verdicts(scene.offer);
    expect(kept.filter(({ planId }) => planId === 'plan-1')).toHaveLength(1);
  });
});

describe('crash point 9: the verdict was told, and nobody knows whether the hub has it', () => {
  it.each(TYPES)('whoever is offered the plan tells the same: %s', async (type) => {
    const scene = await PLANS[type]();
    const first = scene.bench.spoke({ instance: 'before' });
    const verdict = await first.carryOut(scene.offer);
    expect(await first.carryOut(scene.offer)).toEqual(verdict);
    expect(await heirOf(scene)).toEqual(verdict);
    expect(verbs(scene)).toEqual([verbOf(type)]);
  });
});
