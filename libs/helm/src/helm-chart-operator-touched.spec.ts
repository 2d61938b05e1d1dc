import { beforeEach, describe, expect, it } from '@jest/globals';
import { err } from '@apollo-deploy/kernel';
import type { KubeApi, KubeObject, KubeRefusal } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { HelmChartOperator, type OperateOptions } from './helm-chart-operator.js';
import type { HelmReport } from './helm-report.js';
import { observeRelease } from './observe-release.js';
import { withStatus } from './release-codec.js';
import type { ReleaseBase, ReleaseOperation } from './release-operation.js';
import { headOf } from './release-state.js';
import { configMapChart } from './testing/config-map-chart.js';
import { ScriptedHelmRunner, type ScriptedChart } from './testing/scripted-helm-runner.js';

const NONE: ReleaseBase = { revision: 0, secretUid: null };
const LOST = err<KubeRefusal>({
  ...{ code: 'kube/version_conflict', status: 409, reason: 'Conflict' },
  ...{ message: 'the object has been modified', causes: [] },
});

describe('HelmChartOperator, once it has touched the release,', () => {
  let kube: InMemoryKubeApi;
  let helm: ScriptedHelmRunner;
  beforeEach(() => {
    kube = new InMemoryKubeApi({ namespaces: ['shop'] });
    helm = new ScriptedHelmRunner(kube);
  });

  const target = (planId: string, base: ReleaseBase) =>
    ({ planId, base, release: 'web', namespace: 'shop' }) as const;
  const chart = (version: string, more: Partial<ScriptedChart> = {}) => ({
    path: helm.addChart(configMapChart({ name: 'web', version, ...more })),
    name: 'web',
    version,
  });
  const operate = (
    operation: ReleaseOperation,
    options: Partial<OperateOptions> = {},
    through: KubeApi = kube,
  ): Promise<HelmReport> =>
    new HelmChartOperator({ kube: through, helm }).operate(operation, {
      abort: new AbortController().signal,
      totalDeadlineMs: 60_000,
      hookTimeoutMs: 30_000,
      deadHolder: null,
      ...options,
    });
  const base = async (): Promise<ReleaseBase> => {
    const head = headOf(await observeRelease(kube, target('', NONE)));
    return head === null ? NONE : { revision: head.revision, secretUid: head.secretUid };
  };
  const headVersion = async (): Promise<string | null> =>
    headOf(await observeRelease(kube, target('', NONE)))?.resourceVersion ?? null;
  const install = async (
    planId: string,
    version: string,
    more: Partial<ScriptedChart> = {},
  ): Promise<ReleaseOperation> => ({
    type: 'install',
    ...target(planId, await base()),
    values: {},
    chart: chart(version, more),
  });
  const failedFirst = async (more: Partial<ScriptedChart> = {}): Promise<void> => {
    const report = await operate(await install('p1', '1.0.0', { invalid: true, ...more }));
    expect(report.result).toBe('broken');
  };
  let dead = 0;
  /** The head as a dead process leaves it. */
  const leavePending = async (): Promise<void> => {
    const name = 'sh.helm.release.v1.web.v1';
    const secret = await kube.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name });
    const pending = secret.ok
      ? withStatus(secret.value, 'pending-upgrade', `begun ${String((dead += 1))}`)
      : secret;
    if (!pending.ok) throw new Error(pending.error.message);
    await kube.replace(pending.value);
  };

  it.each([
    { name: 'without hooks', more: {}, hooksMayHaveRun: false },
    { name: 'with hooks', more: { hookEvents: ['pre-delete'] }, hooksMayHaveRun: true },
  ])('calls a refusal broken: the failed installation $name is gone', async (row) => {
    await failedFirst(row.more);
    const lost = await install('p2', '2.0.0');
    const report = await operate({
      ...lost,
      ...{ chart: { name: 'web', version: '2.0.0', path: 'x' } },
    });
    expect(report).toMatchObject({
      ...{
        result: 'broken',
        hooksMayHaveRun: row.hooksMayHaveRun,
        refusal: 'helm/said_no',
        after: { kind: 'absent' },
      },
      message:
        'helm install web was refused, it wrote nothing: path "x" not found; before that, what was left of release web was removed',
    });
  });

  it('calls a cancellation broken that comes after the removal', async () => {
    await failedFirst();
    const abort = new AbortController();
    const report = await operate(await install('p2', '1.0.1'), {
      abort: abort.signal,
      onPhase: (phase) => {
        if (phase === 'removing') abort.abort();
      },
    });
    // It was aborted as the removal began, and a removal is not cut off.
    expect(report).toMatchObject({ result: 'broken', commands: [{ verb: 'uninstall' }] });
  });

  it('cannot tell what is whose when somebody installs after its removal', async () => {
    await failedFirst();
    const mine = await install('p2', '1.0.1');
    const theirs = { ...mine, planId: 'theirs', base: NONE };
    let meet = true;
    const report = await operate(mine, {
      onPhase: (phase) => {
        if (phase !== 'running' || !meet) return;
        meet = false;
        helm.interfereOnce(async () => {
          expect((await operate(theirs)).result).toBe('applied');
        });
      },
    });
    expect(report).toMatchObject({ result: 'overtaken', head: { planId: 'theirs' } });
  });

  it('calls a refusal broken that meets it after a repair', async () => {
    await operate(await install('p1', '1.0.0'));
    await leavePending();
    const back = { type: 'rollback', ...target('p3', await base()), revision: 7 } as const;
    const report = await operate(back, { deadHolder: await headVersion() });
    expect(report).toMatchObject({ result: 'broken', hooksMayHaveRun: false, commands: [] });
    expect(report.message).toMatch(
      /; before that, revision 1, left pending by a dead process, was marked failed$/,
    );
  });

  it('lets a base that has moved be no fault of the plan when all it did was to repair', async () => {
    await operate(await install('p1', '1.0.0'));
    const stale = { type: 'rollback', ...target('p3', NONE), revision: 7 } as const;
    await leavePending();
    const report = await operate(stale, { deadHolder: await headVersion() });
    expect(report).toMatchObject({ result: 'base_moved', repairs: [{ revision: 1 }] });
  });

  it('gives up a release that keeps changing', async () => {
    await operate(await install('p1', '1.0.0'));
    await leavePending();
    const next = {
      type: 'upgrade',
      ...target('p2', await base()),
      values: {},
      chart: chart('2.0.0'),
    } as const;
    // Somebody who writes the record between each look and each repair.
    const restless = Object.assign(Object.create(kube) as KubeApi, {
      replace: () => Promise.resolve(LOST),
    });
    const report = await operate(next, { deadHolder: await headVersion() }, restless);
    expect(report).toMatchObject({ result: 'refused', commands: [] });
    expect(report.message).toContain('release web kept changing while it was worked on');
  });

  it('leaves a record alone that was written anew after its repair', async () => {
    await operate(await install('p1', '1.0.0'));
    await leavePending();
    const next = await install('p2', '2.0.0');
    const proven = await headVersion();
    const again = Object.assign(Object.create(kube) as KubeApi, {
      replace: async (object: KubeObject) => {
        const replaced = await kube.replace(object);
        await leavePending();
        return replaced;
      },
    });
    const report = await operate(next, { deadHolder: proven }, again);
    expect(report).toMatchObject({ result: 'locked', repairs: [{ revision: 1 }] });
  });

  it.each([
    { name: 'may have defined kinds', crds: true, expected: 'broken' },
    { name: 'defines none', crds: false, expected: 'refused' },
  ])('calls a refused installation of a chart that $name $expected', async (row) => {
    const subject = await install('p1', '1.0.0', { refusedBy: 'too large', crds: row.crds });
    const report = await operate(subject);
    expect(report.result).toBe(row.expected);
    expect(report.message.includes('look whether they are there')).toBe(row.crds);
  });
});
