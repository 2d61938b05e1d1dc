import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import {
  HelmChartOperator,
  type OperateOptions,
  type OperatorPhase,
} from './helm-chart-operator.js';
import type { HelmReport } from './helm-report.js';
import { observeRelease } from './observe-release.js';
import type { ReleaseBase, ReleaseOperation } from './release-operation.js';
import { RELEASE_SECRET_KIND } from './release-reader.js';
import { headOf, underlyingState } from './release-state.js';
import { configMapChart } from './testing/config-map-chart.js';
import { ScriptedHelmRunner } from './testing/scripted-helm-runner.js';

const NONE: ReleaseBase = { revision: 0, secretUid: null };
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };

describe('HelmChartOperator', () => {
  let kube: InMemoryKubeApi;
  let helm: ScriptedHelmRunner;
  beforeEach(() => {
    kube = new InMemoryKubeApi({ namespaces: ['shop'] });
    helm = new ScriptedHelmRunner(kube);
  });

  const chart = (version: string, flaw: { invalid?: boolean; hookEvents?: string[] } = {}) => {
    const made = configMapChart({ name: 'web', version, ...flaw });
    return { path: helm.addChart(made), name: 'web', version };
  };
  const target = (planId: string, base: ReleaseBase) => ({
    planId,
    base,
    release: 'web',
    namespace: 'shop',
  });
  const operate = (operation: ReleaseOperation, options: Partial<OperateOptions> = {}) =>
    new HelmChartOperator({ kube, helm }).operate(operation, {
      abort: new AbortController().signal,
      totalDeadlineMs: 60_000,
      hookTimeoutMs: 30_000,
      deadHolder: null,
      ...options,
    });
  const install = (version: string, planId = 'p1', base = NONE): ReleaseOperation => ({
    type: 'install',
    ...target(planId, base),
    chart: chart(version),
    values: {},
  });
  const upgrade = (version: string, planId: string, base: ReleaseBase, values = {}) =>
    ({ type: 'upgrade', ...target(planId, base), chart: chart(version), values }) as const;
  const base = async (): Promise<ReleaseBase> => {
    const head = headOf(await observeRelease(kube, target('', NONE)));
    return head === null ? NONE : { revision: head.revision, secretUid: head.secretUid };
  };
  const headVersion = async (): Promise<string | null> =>
    headOf(await observeRelease(kube, target('', NONE)))?.resourceVersion ?? null;
  const history = async () => {
    const state = underlyingState(await observeRelease(kube, target('', NONE)));
    return state?.history.map(({ revision, status }) => `${String(revision)} ${status}`) ?? [];
  };
  /** Puts something into the Secret of a revision that Helm did not write. */
  const garble = async (revision: number): Promise<void> => {
    const name = `sh.helm.release.v1.web.v${String(revision)}`;
    const secret = await kube.get({ ...RELEASE_SECRET_KIND, namespace: 'shop', name });
    if (!secret.ok) throw new Error(secret.error.message);
    await kube.replace({ ...secret.value, data: { release: 'bm9uc2Vuc2U=' } });
  };
  const verbs = () => helm.commands.map(({ verb }) => verb);
  const dataOf = async (): Promise<unknown> => {
    const got = await kube.get(CONFIG);
    return got.ok ? got.value['data'] : got.error.code;
  };

  it('installs, upgrades, changes values, rolls back and uninstalls, one revision each', async () => {
    const results: string[] = [];
    const done = async (operation: ReleaseOperation) => {
      const report = await operate(operation);
      results.push(report.result);
      expect(report.commands).toHaveLength(1);
      return report;
    };
    await done(install('1.0.0'));
    await done(upgrade('2.0.0', 'p2', await base(), { text: 'two' }));
    await done({
      ...upgrade('2.0.0', 'p3', await base(), { text: 'three' }),
      type: 'config_update',
    });
    expect(await dataOf()).toEqual({ text: 'three', version: '2.0.0' });
    const back = await done({ type: 'rollback', ...target('p4', await base()), revision: 1 });
    expect(back.head).toMatchObject({ revision: 4, chartVersion: '1.0.0', rollbackRevision: 1 });
    expect(await dataOf()).toEqual({ text: 'default', version: '1.0.0' });
    const gone = await done({ type: 'uninstall', ...target('p5', await base()) });
    expect(gone).toMatchObject({ head: null, after: { kind: 'absent' } });
    expect(results).toEqual(Array.from({ length: 5 }, () => 'applied'));
    expect(verbs()).toEqual(['install', 'upgrade', 'upgrade', 'rollback', 'uninstall']);
    expect(await history()).toEqual([]);
  });

  it('tells what it is doing', async () => {
    const phases: OperatorPhase[] = [];
    const pids: number[] = [];
    await operate(install('1.0.0'), {
      onPhase: (phase) => phases.push(phase),
      onProcess: ({ pid }) => pids.push(pid),
    });
    expect(phases).toEqual(['observing', 'running', 'observing']);
    expect(pids).toEqual([1]);
  });

  it('does nothing the second time it is asked', async () => {
    const operation = install('1.0.0');
    await operate(operation);
    const again = await operate(operation);
    expect(again).toMatchObject({ result: 'already', commands: [], head: { revision: 1 } });
    expect(await history()).toEqual(['1 deployed']);
  });

  it('believes the Secrets, not an exit code', async () => {
    helm.nextRun('misreported');
    const report = await operate(install('1.0.0'));
    expect(report).toMatchObject({ result: 'applied', commands: [{ exitCode: 1 }] });
  });

  it('removes a failed first installation before it installs again', async () => {
    const flawed = { ...install('1.0.0'), chart: chart('1.0.0', { invalid: true }) };
    const first = await operate(flawed);
    expect(first).toMatchObject({ result: 'broken', hooksMayHaveRun: false });
    expect(first.message).toContain('invalid object');
    const retry = await operate(install('1.0.1', 'p2', await base()));
    expect(retry).toMatchObject({ result: 'applied', head: { revision: 1, planId: 'p2' } });
    expect(verbs()).toEqual(['install', 'uninstall', 'install']);
  });

  it('does not repeat a failure of its own', async () => {
    const flawed = { ...install('1.0.0'), chart: chart('1.0.0', { invalid: true }) };
    await operate(flawed);
    const again = await operate(flawed);
    expect(again).toMatchObject({ result: 'broken', commands: [] });
  });

  it('leaves the deployed revision in place when an upgrade fails, and says what failed', async () => {
    await operate(install('1.0.0'));
    const flawed = {
      ...upgrade('2.0.0', 'p2', await base()),
      chart: chart('2.0.0', { invalid: true }),
    };
    const report = await operate(flawed);
    expect(report).toMatchObject({ result: 'broken', head: { revision: 2, status: 'failed' } });
    expect(await history()).toEqual(['1 deployed', '2 failed']);
    expect((await operate(upgrade('3.0.0', 'p3', await base()))).result).toBe('applied');
  });

  it('repairs what its own killed process left pending', async () => {
    await operate(install('1.0.0'));
    const operation = upgrade('2.0.0', 'p2', await base());
    helm.nextRun('killed');
    const report = await operate(operation);
    expect(report).toMatchObject({
      result: 'broken',
      hooksMayHaveRun: false,
      repairs: [{ revision: 2, was: 'pending-upgrade' }],
      head: { revision: 2, status: 'failed' },
    });
    expect(await history()).toEqual(['1 deployed', '2 failed']);
  });

  it('says that hooks may have run when the chart has any', async () => {
    await operate(install('1.0.0'));
    const operation = {
      ...upgrade('2.0.0', 'p2', await base()),
      chart: chart('2.0.0', { hookEvents: ['pre-upgrade'] }),
    };
    helm.nextRun('killed');
    expect(await operate(operation)).toMatchObject({ result: 'broken', hooksMayHaveRun: true });
  });

  it('waits for a process that may live, and takes over once it is proven dead', async () => {
    await operate(install('1.0.0'));
    const operation = upgrade('2.0.0', 'p2', await base());
    await killHelmOf(operation);
    const waiting = await operate(operation);
    expect(waiting).toMatchObject({ result: 'locked', repairs: [], commands: [] });
    // Dead is a process, not whoever else may have left a record since.
    const other = await operate(operation, { deadHolder: 'another version' });
    expect(other).toMatchObject({ result: 'locked', repairs: [] });
    expect(await history()).toEqual(['1 deployed', '2 pending-upgrade']);
    const takenOver = await operate(operation, { deadHolder: await headVersion() });
    expect(takenOver).toMatchObject({ result: 'broken', repairs: [{ revision: 2 }], commands: [] });
    expect(await history()).toEqual(['1 deployed', '2 failed']);
  });

  it('repairs another plan’s dead process, then goes on if that is what it was made for', async () => {
    await operate(install('1.0.0'));
    await killHelmOf(upgrade('2.0.0', 'p2', await base()));
    const next = upgrade('3.0.0', 'p3', await base());
    const report = await operate(next, { deadHolder: await headVersion() });
    expect(report).toMatchObject({ result: 'applied', repairs: [{ revision: 2 }] });
    expect(await history()).toEqual(['1 superseded', '2 failed', '3 deployed']);
  });

  it('finishes an uninstallation that was cut off', async () => {
    await operate(install('1.0.0'));
    const operation = { type: 'uninstall', ...target('p2', await base()) } as const;
    await killHelmOf(operation);
    expect(await history()).toEqual(['1 uninstalling']);
    expect(await operate(operation, { deadHolder: await headVersion() })).toMatchObject({
      result: 'applied',
    });
    expect(await history()).toEqual([]);
  });

  it('leaves a cut-off uninstallation alone that somebody has begun anew since', async () => {
    await operate(install('1.0.0'));
    const operation = { type: 'uninstall', ...target('p2', await base()) } as const;
    await killHelmOf(operation);
    const deadHolder = await headVersion();
    await strangerRemoves();
    expect(await operate(operation, { deadHolder })).toMatchObject({ result: 'locked' });
    expect(await history()).toEqual(['1 uninstalling']);
  });

  it.each(['install', 'upgrade'])(
    'does not repair what somebody else began to remove when its %s was killed',
    async (type) => {
      if (type === 'upgrade') await operate(install('1.0.0'));
      const plan =
        type === 'upgrade' ? upgrade('2.0.0', 'p2', await base()) : install('1.0.0', 'p2');
      helm.interfereOnce(async () => {
        await killHelmOf(plan);
        await strangerRemoves();
        helm.nextRun('killed_early');
      });
      expect(await operate(plan)).toMatchObject({ result: 'overtaken', repairs: [] });
      expect((await history()).at(-1)).toMatch(/ uninstalling$/);
    },
  );

  it('calls nothing untouched whose record nobody can read any more', async () => {
    const plan = install('1.0.0');
    helm.interfereOnce(async () => {
      await killHelmOf(plan);
      await garble(1);
      helm.nextRun('killed_early');
    });
    expect(await operate(plan)).toMatchObject({ result: 'overtaken' });
  });

  it('declines when somebody else was faster', async () => {
    await operate(install('1.0.0'));
    const stale = upgrade('2.0.0', 'p2', await base());
    await operate(upgrade('3.0.0', 'other', await base()));
    const report = await operate(stale);
    expect(report).toMatchObject({ result: 'base_moved', commands: [] });
    expect(report.message).toContain('expects revision 1, but it is at revision 2');
  });

  it('declines when somebody else comes between its look and its command', async () => {
    await operate(install('1.0.0'));
    const operation = upgrade('2.0.0', 'p2', await base());
    const foreign = upgrade('3.0.0', 'other', await base());
    helm.interfereOnce(async () => {
      await operate(foreign);
      helm.nextRun('unreachable');
    });
    const report = await operate(operation);
    expect(report).toMatchObject({ result: 'base_moved', head: { planId: 'other' } });
    expect(await history()).toEqual(['1 superseded', '2 deployed']);
  });

  it('declines when somebody else begins to uninstall between its look and its command', async () => {
    await operate(install('1.0.0'));
    const operation = upgrade('2.0.0', 'p2', await base());
    const removal = { type: 'uninstall', ...target('other', await base()) } as const;
    helm.interfereOnce(async () => {
      await killHelmOf(removal);
    });
    const report = await operate(operation);
    expect(report).toMatchObject({ result: 'base_moved', repairs: [] });
    expect(await history()).toEqual(['1 uninstalling']);
  });

  it('declines a release that was removed and installed anew under the same number', async () => {
    await operate(install('1.0.0'));
    const stale = upgrade('2.0.0', 'p2', await base());
    await operate({ type: 'uninstall', ...target('x1', await base()) });
    await operate(install('1.0.0', 'x2'));
    expect((await operate(stale)).result).toBe('base_moved');
  });

  it('reports a refusal of Helm’s in Helm’s words', async () => {
    await operate(install('1.0.0'));
    const lost = {
      ...upgrade('2.0.0', 'p2', await base()),
      chart: { ...chart('2.0.0'), path: 'x' },
    };
    const report = await operate(lost);
    expect(report).toMatchObject({ result: 'refused', code: 'helm/said_no' });
    expect(report.message).toContain('path "x" not found');
  });

  it('calls a cluster that Helm could not reach broken, and a repeat harmless', async () => {
    await operate(install('1.0.0'));
    helm.nextRun('unreachable');
    const report = await operate(upgrade('2.0.0', 'p2', await base()));
    expect(report).toMatchObject({
      result: 'broken',
      hooksMayHaveRun: false,
      head: { revision: 1 },
    });
  });

  it('starts nothing once it is called off', async () => {
    const abort = new AbortController();
    abort.abort();
    const report = await operate(install('1.0.0'), { abort: abort.signal });
    expect(report).toMatchObject({ result: 'cancelled', commands: [] });
    expect(helm.commands).toEqual([]);
  });

  it('forces conflicts only on releases kept by server-side apply', async () => {
    await operate(install('1.0.0'));
    await operate(upgrade('2.0.0', 'p2', await base()));
    expect(helm.commands.at(-1)).toMatchObject({ verb: 'upgrade', forceConflicts: true });
  });

  it('is unavailable when it may not read the release', async () => {
    kube.intercept(({ verb }) =>
      verb === 'list'
        ? {
            code: 'kube/forbidden',
            status: 403,
            reason: 'Forbidden',
            message: 'cannot list resource "secrets"',
            causes: [],
          }
        : undefined,
    );
    await expect(operate(install('1.0.0'))).rejects.toMatchObject({
      name: 'KubeUnavailable',
      message: expect.stringContaining('rights to get and list secrets'),
    });
  });

  /** Somebody begins to uninstall, and is at work on it. */
  async function strangerRemoves(): Promise<void> {
    helm.nextRun('killed');
    const release = { release: 'web', namespace: 'shop', planId: 'by-hand', timeoutMs: 1000 };
    const options = { totalDeadlineMs: 1000, abort: new AbortController().signal };
    await helm.run({ verb: 'uninstall', ...release }, options);
  }

  /** Leaves what a helm process leaves that was killed together with the agent that started it. */
  async function killHelmOf(operation: ReleaseOperation): Promise<HelmReport | null> {
    helm.nextRun('killed');
    const stopRepairs = kube.intercept(({ verb, ref }) => {
      if (verb === 'replace' && helm.idle && ref.kind === 'Secret')
        throw new Error('agent is dead');
      return undefined;
    });
    const report = await operate(operation).catch(() => null);
    stopRepairs();
    return report;
  }
});
