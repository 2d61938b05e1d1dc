import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeApi } from '@apollo-deploy/kube';
import type { HelmCommand, HelmValues } from './helm-command.js';
import type { HelmRun, HelmRunner } from './helm-runner.js';
import { observeRelease } from './observe-release.js';
import { PLAN_LABEL } from './release-record.js';
import { headOf, underlyingState, type ManagedState } from './release-state.js';

/** A chart with one ConfigMap `web`: `data.text` from the value `text`, and `data.version`. */
export interface ContractChart {
  readonly name: string;
  readonly version: string;
  /** Its second object is refused by the API server. */
  readonly invalid?: boolean;
}

export interface HelmRunnerUnderTest {
  readonly helm: HelmRunner;
  readonly kube: KubeApi;
  /** An existing, empty namespace. */
  readonly namespace: string;
  /** Makes a chart and answers the path under which the runner finds it. */
  readonly chart: (chart: ContractChart) => Promise<string>;
}

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', name: 'web' };

/** What every implementation of `HelmRunner` does to a cluster. */
export function describeHelmRunner(name: string, open: () => Promise<HelmRunnerUnderTest>): void {
  describe(`Helm runner: ${name}`, () => {
    let under: HelmRunnerUnderTest;
    let one: string;
    let two: string;
    beforeEach(async () => {
      under = await open();
      one = await under.chart({ name: 'web', version: '1.0.0' });
      two = await under.chart({ name: 'web', version: '2.0.0' });
    });

    /** Helm 4 applies on the server's side and says more about rollbacks. */
    const major = (): number => under.helm.version.major;
    const run = (command: HelmCommand): Promise<HelmRun> =>
      under.helm.run(command, {
        totalDeadlineMs: 60_000,
        abort: new AbortController().signal,
      });
    const target = (planId: string) => ({
      release: 'web',
      namespace: under.namespace,
      planId,
      timeoutMs: 30_000,
    });
    const install = (chartPath: string, values: HelmValues = {}, planId = 'p1') =>
      run({ verb: 'install', ...target(planId), chartPath, values, createNamespace: false });
    const upgrade = (chartPath: string, values: HelmValues, planId: string) =>
      run({ verb: 'upgrade', ...target(planId), chartPath, values, forceConflicts: true });
    const rollback = (revision: number, planId: string) =>
      run({ verb: 'rollback', ...target(planId), revision, forceConflicts: true });
    const observe = async (): Promise<ManagedState | null> =>
      underlyingState(await observeRelease(under.kube, target('')));
    const statuses = async () => (await observe())?.history.map(({ status }) => status);
    const data = async (): Promise<unknown> => {
      const got = await under.kube.get({ ...CONFIG, namespace: under.namespace });
      return got.ok ? got.value['data'] : got.error.code;
    };

    it('installs as revision 1, labelled with the plan', async () => {
      expect((await install(one, { text: 'hello' })).exitCode).toBe(0);
      const state = await observe();
      expect(state?.head).toMatchObject({
        revision: 1,
        status: 'deployed',
        chartName: 'web',
        chartVersion: '1.0.0',
        planId: 'p1',
        applyMethod: major() >= 4 ? 'ssa' : 'csa',
        values: { text: 'hello' },
      });
      expect(state?.history[0]?.labels).toEqual({ [PLAN_LABEL]: 'p1' });
      expect(await data()).toEqual({ text: 'hello', version: '1.0.0' });
    });

    it("marks its objects as the release's, which nobody else may then take", async () => {
      await install(one);
      const got = await under.kube.get({ ...CONFIG, namespace: under.namespace });
      expect(got).toMatchObject({
        value: {
          metadata: {
            labels: { 'app.kubernetes.io/managed-by': 'Helm' },
            annotations: {
              'meta.helm.sh/release-name': 'web',
              'meta.helm.sh/release-namespace': under.namespace,
            },
          },
        },
      });
    });

    it('refuses to install over a release, and writes nothing', async () => {
      await install(one);
      const again = await install(two, {}, 'p2');
      expect(again.exitCode).toBe(1);
      expect(again.stderrTail).toContain('Error: INSTALLATION FAILED:');
      expect(await statuses()).toEqual(['deployed']);
      expect(await data()).toMatchObject({ version: '1.0.0' });
    });

    it('refuses to upgrade what is not there, and writes nothing', async () => {
      const upgraded = await upgrade(one, {}, 'p1');
      expect(upgraded.exitCode).toBe(1);
      expect(upgraded.stderrTail).toContain('has no deployed releases');
      expect(await observe()).toBeNull();
    });

    it('upgrades by exactly one revision, labelled with the new plan', async () => {
      await install(one, { text: 'hello' });
      expect((await upgrade(two, { text: 'bye' }, 'p2')).exitCode).toBe(0);
      expect(await statuses()).toEqual(['superseded', 'deployed']);
      expect((await observe())?.head).toMatchObject({ chartVersion: '2.0.0', planId: 'p2' });
      expect(await data()).toEqual({ text: 'bye', version: '2.0.0' });
    });

    it('forgets earlier values when an upgrade brings none', async () => {
      await install(one, { text: 'hello' });
      await upgrade(one, {}, 'p2');
      expect((await observe())?.head.values).toEqual({});
      expect(await data()).toEqual({ text: 'default', version: '1.0.0' });
    });

    it('leaves a failed revision beside the deployed one when an upgrade is refused', async () => {
      await install(one);
      const invalid = await under.chart({ name: 'web', version: '3.0.0', invalid: true });
      const failed = await upgrade(invalid, {}, 'p2');
      expect(failed.exitCode).toBe(1);
      expect(await statuses()).toEqual(['deployed', 'failed']);
      const state = await observe();
      expect(state).toMatchObject({ kind: 'failed', head: { planId: 'p2', revision: 2 } });
      expect(state?.lastDeployed?.revision).toBe(1);
    });

    it('leaves a failed revision when an installation is refused', async () => {
      const invalid = await under.chart({ name: 'web', version: '3.0.0', invalid: true });
      expect((await install(invalid)).exitCode).toBe(1);
      expect(await statuses()).toEqual(['failed']);
    });

    it('rolls back to the revision named, as a new revision that says so', async () => {
      await install(one, { text: 'hello' });
      await upgrade(two, { text: 'bye' }, 'p2');
      expect((await rollback(1, 'p3')).exitCode).toBe(0);
      expect(await statuses()).toEqual(['superseded', 'superseded', 'deployed']);
      expect((await observe())?.head).toMatchObject({
        revision: 3,
        chartVersion: '1.0.0',
        values: { text: 'hello' },
        planId: 'p1',
        ...(major() >= 4
          ? { rollbackRevision: 1, description: 'apollo plan p3: rollback' }
          : { description: 'Rollback to 1' }),
      });
      expect(await data()).toEqual({ text: 'hello', version: '1.0.0' });
    });

    it('refuses to roll back to a revision that is not there, and writes nothing', async () => {
      await install(one);
      const rolled = await rollback(7, 'p2');
      expect(rolled.exitCode).toBe(1);
      expect(rolled.stderrTail).toContain('release has no 7 version');
      expect(await statuses()).toEqual(['deployed']);
    });

    it('uninstalls objects and history, and begins at revision 1 again', async () => {
      await install(one);
      const first = headOf(await observeRelease(under.kube, target('')));
      await upgrade(two, {}, 'p2');
      expect((await run({ verb: 'uninstall', ...target('p3') })).exitCode).toBe(0);
      expect(await observe()).toBeNull();
      expect(await data()).toBe('kube/not_found');
      await install(one, {}, 'p4');
      const second = headOf(await observeRelease(under.kube, target('')));
      expect(second).toMatchObject({ revision: 1, planId: 'p4' });
      expect(second?.secretUid).not.toBe(first?.secretUid);
    });

    it('refuses to uninstall what is not there', async () => {
      const gone = await run({ verb: 'uninstall', ...target('p1') });
      expect(gone.exitCode).toBe(1);
      expect(gone.stderrTail).toContain('release: not found');
    });

    it('takes over fields of others, Helm 4 only when told to', async () => {
      await install(one, { text: 'hello' });
      const metadata = { name: CONFIG.name, namespace: under.namespace };
      await under.kube.apply(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { text: 'by hand' } },
        { fieldManager: 'kubectl', force: true },
      );
      const polite = { verb: 'upgrade', ...target('p2'), chartPath: one, values: { text: 'x' } };
      const asked = await run({ ...polite, verb: 'upgrade', forceConflicts: false });
      if (major() >= 4) {
        expect(asked.exitCode).toBe(1);
        expect(asked.stderrTail).toContain('conflict');
        expect(await data()).toMatchObject({ text: 'by hand' });
      } else {
        expect(asked.exitCode).toBe(0);
        expect(await data()).toMatchObject({ text: 'x' });
      }
      expect((await upgrade(one, { text: 'x' }, 'p3')).exitCode).toBe(0);
      expect(await data()).toMatchObject({ text: 'x' });
    });

    it('renders what it would apply, and touches nothing', async () => {
      const rendered = await under.helm.render({
        release: 'web',
        namespace: under.namespace,
        chartPath: one,
        values: { text: 'hello' },
        isUpgrade: false,
        kubeVersion: 'v1.36.3',
        apiVersions: ['v1'],
      });
      expect(rendered).toMatchObject({ ok: true, value: expect.stringContaining('hello') });
      expect(await observe()).toBeNull();
    });

    it('says when a command began and which process it is', async () => {
      const pids: number[] = [];
      const ended = await under.helm.run(
        { verb: 'uninstall', ...target('p1') },
        {
          totalDeadlineMs: 60_000,
          abort: new AbortController().signal,
          onStart: ({ pid }) => pids.push(pid),
        },
      );
      expect(pids).toEqual([expect.any(Number)]);
      expect(ended.startedAt.getTime()).toBeLessThanOrEqual(ended.endedAt.getTime());
    });
  });
}
