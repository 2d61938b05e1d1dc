import { err } from '@apollo-deploy/kernel';
import type { KubeApi, KubeObject, KubeRefusal } from '@apollo-deploy/kube';
import {
  decodeSpokeFrame,
  encodeSpokeFrame,
  MAX_FRAME_BYTES,
  type SpokePayload,
} from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { DEAD_HOLDER, ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const INSTALL = anOffer();
const NO_RIGHT: KubeRefusal = {
  ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden', causes: [] },
  message:
    'User "deployer" cannot delete resource "configmaps" in API group "" in the namespace "shop"',
};
const messageOf = (payload: object) => ('message' in payload ? String(payload.message) : '');

async function withRelease() {
  const bench = new ExecutionBench();
  const base = await bench.installed(anOffer({ planId: 'plan-0' }));
  const upgrade = anOffer({ type: 'upgrade', base, chart: { name: 'web', version: '2.0.0' } });
  return { bench, base, upgrade };
}

describe('a plan nobody has touched', () => {
  it('is claimed, carried out once, looked at, written down, told and acknowledged', async () => {
    const bench = new ExecutionBench();
    const spoke = bench.spoke();
    const verdict = await spoke.carryOut(INSTALL);
    expect(verdict).toMatchObject({
      verdict: 'succeeded',
      evidence: { head: { revision: 1, status: 'deployed', chartVersion: '1.0.0' }, objects: 1 },
    });
    expect(bench.helm.commands).toMatchObject([{ verb: 'install', planId: 'plan-1' }]);
    const entry = await bench.ledger.read(INSTALL.content);
    expect(entry.claim).toBeNull();
    expect(entry.verdicts).toMatchObject([
      { planId: 'plan-1', attempt: 1, at: '2026-03-02T12:00:00.000Z', verdict },
    ]);
    expect(spoke.acknowledged).toEqual(['plan-1']);
    expect(spoke.executor.running).toEqual([]);
  });

  it('tells how far it is: accepted, claimed, helm', async () => {
    const spoke = new ExecutionBench().spoke();
    spoke.offer(INSTALL);
    expect(await spoke.told.next()).toMatchObject({ t: 'accept', p: { planId: 'plan-1' } });
    expect(await spoke.progress()).toMatchObject({ phase: 'claimed' });
    expect(await spoke.progress()).toMatchObject({ phase: 'helm' });
  });

  it('asks the ledger once, and writes it as often as a crash needs it', async () => {
    const { bench, upgrade } = await withRelease();
    const asked: string[] = [];
    bench.kube.intercept(({ verb, ref }) => {
      if (ref.namespace === 'apollo-system') asked.push(verb);
      return undefined;
    });
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ verdict: 'succeeded' });
    // The claim, the process of Helm, the time from which the rollout counts, the verdict.
    expect(asked).toEqual(['get', 'replace', 'replace', 'replace', 'replace']);
  });

  it('looks at its release while the verdict is written down, and not after it', async () => {
    const { bench, upgrade } = await withRelease();
    const seen: (readonly string[])[] = [];
    bench.look = async () => {
      seen.push((await bench.verdicts(upgrade)).map(({ planId }) => planId));
      return null;
    };
    const spoke = bench.spoke();
    spoke.offer(upgrade);
    const { p } = await spoke.told.until(({ t }) => t === 'result');
    expect(p).toMatchObject({ result: { verdict: 'succeeded' }, release: null });
    expect(seen).toEqual([['plan-0']]);
    expect((await bench.verdicts(upgrade)).map(({ planId }) => planId)).toEqual([
      'plan-0',
      'plan-1',
    ]);
  });

  it('upgrades from its base', async () => {
    const { bench, upgrade } = await withRelease();
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      verdict: 'succeeded',
      evidence: { head: { revision: 2, chartVersion: '2.0.0' } },
    });
  });

  it('tells what the chart takes back from others', async () => {
    const { bench, upgrade } = await withRelease();
    const metadata = { namespace: 'shop', name: 'web' };
    const byHand = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { version: 'by hand' } };
    await bench.kube.apply(byHand, { fieldManager: 'kubectl-edit', force: true });
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      ...{ verdict: 'succeeded', evidence: { overridden: [expect.stringContaining('version')] } },
      message: expect.stringMatching(
        /the chart took back what others had set: ConfigMap shop\/web/,
      ),
    });
  });

  it('makes the namespace it installs into', async () => {
    const bench = new ExecutionBench();
    const offer = anOffer({ namespace: 'brand-new' });
    expect(await bench.spoke().carryOut(offer)).toMatchObject({ verdict: 'succeeded' });
  });

  it('installs anew where only the history of an uninstalled release is left', async () => {
    const { bench } = await withRelease();
    await bench.keepHistoryOnly();
    expect(await bench.spoke().carryOut(INSTALL)).toMatchObject({
      ...{ verdict: 'succeeded', evidence: { head: { revision: 1, status: 'deployed' } } },
    });
    expect(bench.helm.commands.map(({ verb }) => verb)).toEqual(['uninstall', 'install']);
  });

  it('brings the content of a rollback back from the revision that holds it', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.spoke().carryOut(upgrade);
    const base = await bench.base(upgrade);
    const rollback = anOffer({ planId: 'plan-2', type: 'rollback', base });
    expect(await bench.spoke().carryOut(rollback)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands.at(-1)).toMatchObject({ verb: 'rollback', revision: 1 });
  });

  it('brings the content of a rollback back from the chart where history has forgotten it', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.spoke().carryOut(upgrade);
    const name = 'sh.helm.release.v1.web.v1';
    await bench.kube.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name });
    const base = await bench.base(upgrade);
    const rollback = anOffer({ planId: 'plan-2', type: 'rollback', base });
    expect(await bench.spoke().carryOut(rollback)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands.at(-1)).toMatchObject({ verb: 'upgrade', planId: 'plan-2' });
    const [verdict] = (await bench.verdicts(rollback)).filter(({ planId }) => planId === 'plan-2');
    expect(verdict?.verdict.message).toContain('so it was upgraded to the recorded chart');
  });

  it('goes back to the revision with the content of the plan, not to the one before', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.spoke().carryOut(upgrade);
    const values = { text: 'other' };
    const base = await bench.base(upgrade);
    const third = anOffer({ planId: 'plan-3', type: 'upgrade', base, values });
    expect(await bench.spoke().carryOut(third)).toMatchObject({ verdict: 'succeeded' });
    const now = await bench.base(third);
    const rollback = anOffer({ planId: 'plan-4', type: 'rollback', base: now });
    expect(await bench.spoke().carryOut(rollback)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands.at(-1)).toMatchObject({ verb: 'rollback', revision: 1 });
  });

  it('has time for every hook that Helm may run', async () => {
    const bench = new ExecutionBench();
    const hook = (name: string, events: string): KubeObject => ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: {} },
      metadata: { name, annotations: { 'helm.sh/hook': events } },
    });
    const render = () => [
      ...[hook('a', 'pre-install,post-install'), hook('b', 'pre-install'), hook('c', 'test')],
    ];
    bench.addChart({ name: 'web', version: '3.0.0', render });
    const chart = { name: 'web', version: '3.0.0' };
    await bench.spoke().carryOut(anOffer({ chart, rolloutTimeoutSeconds: 600 }));
    const [deadlineMs = 0] = bench.helm.deadlinesMs;
    // Three hooks of ten minutes each, as much for Helm itself, and five minutes.
    expect(Math.round(deadlineMs / 60_000)).toBe(45);
  });

  it('does not begin to uninstall what it may not delete', async () => {
    const { bench } = await withRelease();
    const uninstall = anOffer({ type: 'uninstall', base: await bench.base(INSTALL) });
    const kube = Object.assign(Object.create(bench.kube) as KubeApi, {
      delete: () => Promise.resolve(err(NO_RIGHT)),
    });
    const verdict = await bench.spoke({ kube }).carryOut({ ...uninstall, planId: 'plan-9' });
    expect(verdict).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'kube/forbidden' },
      message: expect.stringMatching(
        /ConfigMap shop\/web: .*; give the spoke's account the right to/,
      ),
    });
    expect(bench.helm.commands).toEqual([]);
    expect(await bench.history(uninstall)).toHaveLength(1);
  });
});

describe('a plan that is declined', () => {
  it.each([
    { name: 'at the instant it expires', now: 120_000, verdict: 'declined' },
    { name: 'a millisecond before', now: 119_999, verdict: 'succeeded' },
  ])('has come too late: $name', async ({ now, verdict }) => {
    const bench = new ExecutionBench();
    bench.time.advance(now);
    expect(await bench.spoke().carryOut(INSTALL)).toMatchObject({ verdict });
    expect(bench.helm.commands).toHaveLength(verdict === 'declined' ? 0 : 1);
  });

  it.each([
    { name: '3 minutes ahead, in time', aheadMs: 180_000, now: 299_999, verdict: 'succeeded' },
    { name: '3 minutes ahead, too late', aheadMs: 180_000, now: 300_000, verdict: 'declined' },
    { name: '3 minutes behind, in time', aheadMs: -180_000, now: 119_999, verdict: 'succeeded' },
    { name: '3 minutes behind, too late', aheadMs: -180_000, now: 120_000, verdict: 'declined' },
  ])('expires by the hub’s clock on a spoke $name', async ({ aheadMs, now, verdict }) => {
    const bench = new ExecutionBench();
    const offer = anOffer({
      expiresAt: aheadMs < 0 ? '2026-03-02T12:05:00.000Z' : INSTALL.expiresAt,
    });
    bench.time.advance(now);
    expect(await bench.spoke({ aheadMs }).carryOut(offer)).toMatchObject({ verdict });
  });

  it.each([
    { name: 'a millisecond before the windows shut', now: 59_999, verdict: 'succeeded' },
    { name: 'at the instant they shut', now: 60_000, verdict: 'declined' },
    { name: 'long after that and its expiry', now: 600_000, verdict: 'declined' },
    { name: '3 minutes ahead, in time', aheadMs: 180_000, now: 239_999, verdict: 'succeeded' },
    { name: '3 minutes ahead, too late', aheadMs: 180_000, now: 240_000, verdict: 'declined' },
  ])('finds the windows shut by the hub’s clock: $name', async ({ aheadMs = 0, now, verdict }) => {
    const bench = new ExecutionBench();
    bench.time.advance(now);
    const offer = { ...INSTALL, windowEnd: '2026-03-02T12:01:00.000Z' };
    expect(await bench.spoke({ aheadMs }).carryOut(offer)).toMatchObject({
      verdict,
      ...(verdict === 'declined' && {
        reason: 'window_closed',
        message:
          'the windows that allow the plan shut at 2026-03-02T12:01:00.000Z; this spoke came to it too late',
      }),
    });
    expect(bench.helm.commands).toHaveLength(verdict === 'declined' ? 0 : 1);
  });

  it('finds the windows shut only after its charts and dry runs took their time', async () => {
    const bench = new ExecutionBench();
    const offer = { ...INSTALL, windowEnd: '2026-03-02T12:01:00.000Z' };
    bench.beforeFetch = () => Promise.resolve(bench.time.advance(60_000));
    expect(await bench.spoke().carryOut(offer)).toMatchObject({ reason: 'window_closed' });
    expect(bench.helm.commands).toEqual([]);
  });

  it('was made for another head, and stays declined when that head comes back', async () => {
    const { bench, base, upgrade } = await withRelease();
    const moved = { ...base, releaseDigest: 'f'.repeat(64) };
    const offer = anOffer({ type: 'upgrade', base: moved });
    expect(await bench.spoke().carryOut(offer)).toMatchObject({
      verdict: 'declined',
      reason: 'base_moved',
    });
    const again = { ...upgrade, planId: offer.planId };
    expect(await bench.spoke({ instance: 'spoke-2' }).carryOut(again)).toMatchObject({
      reason: 'base_moved',
    });
    expect(bench.helm.commands).toEqual([]);
  });

  it('was made for a revision 1 that was uninstalled and installed anew', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.helmRan(anOffer({ type: 'uninstall', planId: 'other' }), 'normal');
    await bench.helmRan(anOffer({ planId: 'other' }), 'normal');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ reason: 'base_moved' });
    expect(bench.helm.commands).toEqual([]);
  });

  it('was changed by somebody else between the last look and the start of Helm', async () => {
    const { bench, upgrade } = await withRelease();
    const theirs = anOffer({ type: 'upgrade', planId: 'other', values: { text: 'theirs' } });
    // The second time the chart is asked for is after the claim.
    bench.beforeFetch = (count) =>
      count === 2 ? bench.helmRan(theirs, 'normal') : Promise.resolve();
    const verdict = await bench.spoke().carryOut(upgrade);
    expect(verdict).toMatchObject({ verdict: 'declined', reason: 'base_moved' });
    expect(await bench.history(upgrade)).toEqual(['1 superseded by plan-0', '2 deployed by other']);
  });

  it('was cancelled before its turn', async () => {
    const bench = new ExecutionBench();
    const spoke = bench.spoke();
    const acknowledged: string[] = [];
    spoke.executor.cancel({ planId: 'plan-1', reason: 'wrong version' }, () =>
      acknowledged.push('cancel'),
    );
    expect(acknowledged).toEqual(['cancel']);
    expect(await spoke.carryOut(INSTALL)).toMatchObject({
      verdict: 'declined',
      reason: 'cancelled',
      message: 'cancelled before it began: wrong version',
    });
  });

  it('ends with an ordinary verdict when it is cancelled after Helm began', async () => {
    const bench = new ExecutionBench();
    const spoke = bench.spoke();
    const acknowledged: string[] = [];
    bench.helm.interfereOnce(() => {
      spoke.executor.cancel({ planId: 'plan-1', reason: 'late' }, () =>
        acknowledged.push('cancel'),
      );
      return Promise.resolve();
    });
    expect(await spoke.carryOut(INSTALL)).toMatchObject({ verdict: 'succeeded' });
    expect(acknowledged).toEqual(['cancel']);
  });
});

describe('a plan that is refused', () => {
  it.each([
    { name: 'content of another digest', change: { digest: 'a'.repeat(64) } },
    { name: 'values of another digest', change: { values: { text: 'smuggled' } } },
    { name: 'values with half a character', change: { values: { text: '\ud83d' } } },
  ])('brings $name', async ({ change }) => {
    const bench = new ExecutionBench();
    const verdict = await bench.spoke().carryOut({ ...INSTALL, ...change });
    expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'refused', interrupted: false });
    expect(bench.helm.commands).toEqual([]);
  });

  it.each([
    { name: 'another spoke', sketch: { spoke: 'prod' }, reason: 'OtherSpoke' },
    { name: 'a release of 54 characters', sketch: { release: 'a'.repeat(54) }, reason: 'BadName' },
    { name: 'the namespace ..', sketch: { namespace: '..' }, reason: 'BadName' },
  ])('is for $name', async ({ sketch, reason }) => {
    const bench = new ExecutionBench();
    expect(await bench.spoke().carryOut(anOffer(sketch))).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason },
    });
  });

  it.each([
    { name: 'an install', type: 'install' },
    { name: 'an upgrade', type: 'upgrade' },
    { name: 'an uninstallation', type: 'uninstall' },
  ] as const)('meets a release that cannot be read: $name', async ({ type }) => {
    const { bench, base } = await withRelease();
    await bench.breakRelease();
    const offer = anOffer({ type, base: type === 'install' ? null : base });
    expect(await bench.spoke().carryOut(offer)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'release/unreadable' },
      message: expect.stringMatching(
        /sh\.helm\.release\.v1\.web\.v1 .*; then ask for the plan again/,
      ),
    });
    expect(bench.helm.commands).toEqual([]);
    expect((await bench.ledger.read(offer.content)).claim).toBeNull();
  });

  it('would install where the history of a release is kept that Apollo did not make', async () => {
    const { bench } = await withRelease();
    await bench.keepHistoryOnly({ foreign: true });
    expect(await bench.spoke().carryOut(INSTALL)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'release/not_ours' },
      message: expect.stringContaining('remove it with "helm uninstall web --namespace shop"'),
    });
    expect(bench.helm.commands).toEqual([]);
    expect(await bench.history(INSTALL)).toEqual(['1 uninstalled by nobody']);
  });

  it('needs a chart the hub does not have', async () => {
    const bench = new ExecutionBench();
    bench.missingCharts.add(INSTALL.content.chart?.sha256 ?? '');
    expect(await bench.spoke().carryOut(INSTALL)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'chart/not_found' },
    });
    expect((await bench.ledger.read(INSTALL.content)).claim).toBeNull();
  });

  it('holds an object the cluster refuses: it is named and nothing is touched', async () => {
    const bench = new ExecutionBench();
    bench.kube.intercept(({ verb, ref }) =>
      verb === 'apply' && ref.kind === 'ConfigMap'
        ? {
            ...{ code: 'kube/invalid', status: 422, reason: 'Invalid' },
            message: 'ConfigMap "web" is invalid',
            causes: [{ field: '.data.text', reason: 'FieldValueInvalid', message: 'too long' }],
          }
        : undefined,
    );
    expect(await bench.spoke().carryOut(INSTALL)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'kube/invalid' },
      message: expect.stringContaining('ConfigMap shop/web: too long (.data.text)'),
    });
    expect(bench.helm.commands).toEqual([]);
  });
});

describe('a plan that meets a bug', () => {
  const bug = () => Promise.reject(new TypeError('x is not a function'));

  it('says so, and is tried again after a minute and not before', async () => {
    const bench = new ExecutionBench();
    // The second time the chart is asked for is after the claim.
    bench.beforeFetch = (count) => (count === 2 ? bug() : Promise.resolve());
    const spoke = bench.spoke();
    spoke.offer(INSTALL);
    expect(await spoke.progress()).toMatchObject({ phase: 'claimed' });
    expect(await spoke.waiting()).toMatchObject({
      planId: 'plan-1',
      message: 'it met a bug, please report it: x is not a function; trying again every minute',
    });
    await bench.time.waitBegins(60_000);
    bench.time.advance(59_999);
    await bench.quiet();
    expect(bench.helm.commands).toEqual([]);
    bench.time.advance(1);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
    expect(spoke.acknowledged).toEqual(['plan-1']);
  });

  it('tells and logs it without the values of the plan', async () => {
    const bench = new ExecutionBench();
    const bugs = () => Promise.reject(new TypeError('CANARYLEAK55 is not a function'));
    bench.beforeFetch = (count) => (count === 2 ? bugs() : Promise.resolve());
    const spoke = bench.spoke();
    spoke.offer(anOffer({ values: { text: 'CANARYLEAK55' } }));
    const told = await spoke.told.until(({ p }) => messageOf(p).includes('bug'));
    expect(messageOf(told.p)).toContain('<value of text> is not a function');
    const log = bench.logged.join('');
    expect(log).toContain('<value of text> is not a function');
    expect(log).not.toContain('CANARYLEAK55');
  });

  it('before its claim says so and is tried again as well', async () => {
    const bench = new ExecutionBench();
    bench.beforeFetch = (count) => (count === 1 ? bug() : Promise.resolve());
    const spoke = bench.spoke();
    spoke.offer(INSTALL);
    await bench.time.waitBegins(60_000);
    expect(spoke.executor.running).toEqual(['plan-1']);
    bench.time.advance(60_000);
    expect(await spoke.told.next()).toMatchObject({ t: 'waiting' });
    expect(await spoke.told.next()).toMatchObject({ t: 'accept' });
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });

  it('in the last look at its release still tells its verdict', async () => {
    const bench = new ExecutionBench();
    bench.look = bug;
    expect(await bench.spoke().carryOut(INSTALL)).toMatchObject({ verdict: 'succeeded' });
  });
});

describe('a claim that is taken while the rollout is looked at', () => {
  it('ends the look at once, and nothing is told of it', async () => {
    const { bench, upgrade } = await withRelease();
    const slow = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1 } };
    const metadata = { namespace: 'shop', name: 'web' };
    bench.addChart({ name: 'web', version: '2.0.0', render: () => [{ ...slow, metadata }] });
    const replace: KubeApi['replace'] = async (object) => {
      const { claim, ...entry } = await bench.ledger.read(upgrade.content);
      if (JSON.stringify(object).includes('verifyingSince') && claim !== null) {
        const holder = { ...DEAD_HOLDER, host: 'node-b' };
        await bench.ledger.write({ ...entry, claim: { ...claim, holder } });
      }
      return bench.kube.replace(object);
    };
    const kube = Object.assign(Object.create(bench.kube) as KubeApi, { replace });
    const spoke = bench.spoke({ kube });
    spoke.offer(upgrade);
    expect((await spoke.waiting()).message).toContain(
      'claimed for plan plan-1, and the spoke dead-spoke',
    );
    expect(bench.kube.watchCount).toBe(0);
    expect(await bench.verdicts(upgrade)).toHaveLength(1);
  });
});

describe('two offers', () => {
  it('of one plan are carried out once and both acknowledged', async () => {
    const bench = new ExecutionBench();
    const spoke = bench.spoke();
    spoke.offer(INSTALL);
    expect(await spoke.carryOut(INSTALL)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands).toHaveLength(1);
    expect(spoke.acknowledged).toEqual(['plan-1', 'plan-1']);
  });

  it('of one plan to two spokes have one effect and one verdict', async () => {
    const bench = new ExecutionBench();
    const one = bench.spoke({ instance: 'spoke-1' });
    const two = bench.spoke({ instance: 'spoke-2', host: 'node-b' });
    one.offer(INSTALL);
    two.offer(INSTALL);
    const both = Promise.all([one.verdict('plan-1'), two.verdict('plan-1')]);
    const [verdict, other] = await bench.whileTimePasses(both);
    expect(verdict).toMatchObject({ verdict: 'succeeded' });
    expect(other).toEqual(verdict);
    expect(bench.helm.commands).toHaveLength(1);
  });

  it('for one release take turns, and the second is judged by what the first left', async () => {
    const bench = new ExecutionBench();
    const spoke = bench.spoke();
    spoke.offer(INSTALL);
    spoke.offer(anOffer({ planId: 'plan-2' }));
    expect(spoke.executor.running).toEqual(['plan-1', 'plan-2']);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
    expect(await spoke.verdict('plan-2')).toMatchObject({ reason: 'base_moved' });
  });
});

describe('a release that somebody else locks after the claim', () => {
  it('is left alone until they are done, though the claim is held', async () => {
    const { bench, base } = await withRelease();
    const uninstall = anOffer({ type: 'uninstall', base });
    let interfered = false;
    const replace = async (object: KubeObject) => {
      const answer = await bench.kube.replace(object);
      if (object.kind === 'ConfigMap' && !interfered) {
        interfered = true;
        await bench.helmRan(anOffer({ type: 'uninstall', planId: 'other' }), 'killed');
      }
      return answer;
    };
    const kube = Object.assign(Object.create(bench.kube) as KubeApi, { replace });
    const spoke = bench.spoke({ kube });
    spoke.offer(uninstall);
    await spoke.waiting();
    await bench.time.waitBegins(5000);
    bench.time.advance(5000);
    await bench.time.waitBegins(5000);
    expect(bench.helm.commands).toEqual([]);
    expect(await bench.history(uninstall)).toEqual(['1 uninstalling by plan-0']);
  });
});

describe('a verdict', () => {
  it('fits a frame with the report of a release of very many pods', async () => {
    const bench = new ExecutionBench();
    const message = 'x'.repeat(2048);
    const pods = Array.from({ length: 2000 }, (_, index) => ({
      ...{ name: `web-${index}`, phase: 'Pending', ready: false, restarts: 0, message },
      ...{ requests: {}, limits: {} },
    }));
    const head = {
      ...{ revision: 1, status: 'deployed', chartName: 'web', chartVersion: '1.0.0' },
      ...{ valuesDigest: '', manifestDigest: '', secretUid: '', releaseDigest: '' },
    };
    const release = { namespace: 'shop', releaseName: 'web', head, health: 'Degraded' } as const;
    bench.look = () =>
      Promise.resolve({ ...release, pods, objects: [], drift: [], observedAt: '' });
    const spoke = bench.spoke();
    spoke.offer(INSTALL);
    const { p } = await spoke.told.until(({ t }) => t === 'result');
    const frame = encodeSpokeFrame('plan.result', p as SpokePayload<'plan.result'>, {
      ...{ id: 'm-1', epoch: 7, ts: '2026-03-02T12:00:00.000Z' },
    });
    expect(Buffer.byteLength(frame)).toBeLessThan(MAX_FRAME_BYTES);
    expect(decodeSpokeFrame(frame)).toMatchObject({
      ...{ ok: true, value: { p: { release: { releaseName: 'web', health: 'Degraded' } } } },
    });
  });
});

describe('a verdict that is in the ledger', () => {
  it('is told again and not worked out again', async () => {
    const bench = new ExecutionBench();
    const verdict = await bench.spoke().carryOut(INSTALL);
    bench.time.advance(600_000);
    expect(await bench.spoke({ instance: 'spoke-2' }).carryOut(INSTALL)).toEqual(verdict);
    expect(bench.helm.commands).toHaveLength(1);
  });
});

describe('the holder of a claim', () => {
  const release = { namespace: 'shop', releaseName: 'web' };
  const agent = { pid: 100, processGroup: 100, startedAt: '1000', argv: ['node', 'main.js'] };
  const helm = {
    ...{ pid: 101, processGroup: 101, startedAt: '1001' },
    argv: ['/opt/helm', 'upgrade', '--namespace=shop', '--', 'web', 'web.tgz'],
  };

  it.each([
    { name: 'its agent runs', processes: [agent], holder: DEAD_HOLDER },
    { name: 'its helm runs, which it never wrote down', processes: [helm], holder: DEAD_HOLDER },
    {
      name: 'a child of its helm runs',
      processes: [{ pid: 150, processGroup: 101, startedAt: '1500', argv: ['post-renderer'] }],
      holder: { ...DEAD_HOLDER, helm: { pid: 101, startedAt: '1001' } },
    },
  ])('is waited for while $name, and not a moment longer', async ({ processes, holder }) => {
    const bench = new ExecutionBench();
    await bench.claimed(INSTALL, { holder });
    bench.processes = processes;
    const spoke = bench.spoke();
    spoke.offer(INSTALL);
    expect((await spoke.waiting()).message).toContain(
      'release web in shop is claimed for plan plan-1',
    );
    await bench.time.waitBegins(5000);
    bench.time.advance(3_600_000);
    await bench.time.waitBegins(5000);
    expect(bench.helm.commands).toEqual([]);
    bench.processes = [];
    bench.time.advance(5000);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });

  it('is dead when its pid belongs to a younger process', async () => {
    const bench = new ExecutionBench();
    await bench.claimed(INSTALL);
    bench.processes = [{ ...agent, startedAt: '9999' }];
    expect(await bench.spoke().carryOut(INSTALL)).toMatchObject({ verdict: 'succeeded' });
  });

  it('on another machine is waited for until a person says that it is dead', async () => {
    const bench = new ExecutionBench();
    await bench.claimed(INSTALL, { holder: { ...DEAD_HOLDER, host: 'node-b' } });
    const spoke = bench.spoke();
    spoke.offer(INSTALL);
    expect((await spoke.waiting()).message).toContain(
      'apollo.dev/holder-confirmed-dead=dead-spoke on the ledger of shop/web',
    );
    await bench.time.waitBegins(5000);
    const entry = await bench.ledger.read(release);
    await bench.ledger.write({ ...entry, confirmedDead: 'dead-spoke' });
    bench.time.advance(5000);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });

  it('in a pod that is gone, on a node that answers, is proven dead by the cluster', async () => {
    const bench = new ExecutionBench();
    const machine = { bootId: 'boot-1', machineId: null, pidNamespace: 'pid:[1]' };
    const pod = { namespace: 'shop', name: 'spoke-x', uid: 'gone', node: 'node-b' };
    await bench.claimed(INSTALL, { holder: { ...DEAD_HOLDER, host: 'spoke-x', machine, pod } });
    const node = (ready: string) => ({
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-b' } },
      status: { conditions: [{ type: 'Ready', status: ready }] },
    });
    await bench.kube.create(node('Unknown'));
    const spoke = bench.spoke({ machine: { ...machine, bootId: 'boot-2' } });
    spoke.offer(INSTALL);
    expect((await spoke.waiting()).message).toContain('its node node-b does not answer');
    await bench.time.waitBegins(5000);
    await bench.kube.apply(node('True'), { fieldManager: 'kubelet', force: true });
    bench.time.advance(5000);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });
});
