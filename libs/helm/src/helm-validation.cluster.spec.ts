import { afterAll, describe, expect, it } from '@jest/globals';
import { helmErrorText } from './helm-error-text.js';
import { runForOutput } from './run-for-output.js';
import { HelmClusterBench, type HelmBench } from './testing/helm-cluster-bench.js';

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
afterAll(() => Promise.all([benches[3].close(), benches[4].close()]));

/** By itself Helm asks for the API server's schemas before it begins; the runner tells it not to. */
describe.each([3, 4] as const)('helm %i without a look at the schemas', (major) => {
  it.each([
    { chart: 'an unknown field', spec: '{bogus: 1, ports: [{port: 80}]}' },
    { chart: 'a text for a number', spec: '{ports: [{port: eighty}]}' },
    { chart: 'a number out of bounds', spec: '{ports: [{port: 99999999}]}' },
    { chart: 'a name that is there twice', spec: '{ports: [{port: 80}], ports: [{port: 81}]}' },
  ])('ends with $chart as it does by itself', async ({ spec }) => {
    const bench = await benches[major].open();
    const chartPath = await bench.packChart({
      ...{ name: 'web', version: '1.0.0' },
      files: {
        'templates/service.yaml': `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: ${spec}\n`,
      },
    });
    const own = await installedBare(bench, chartPath);
    const target = { release: 'web', namespace: await bench.cluster.freshNamespace('helm') };
    const install = { verb: 'install', ...target, planId: 'p1', values: {}, chartPath } as const;
    const run = await bench.helm.run(
      { ...install, createNamespace: false, timeoutMs: 30_000 },
      { totalDeadlineMs: 60_000, abort: new AbortController().signal },
    );
    const told = helmErrorText(run.stderrTail).replaceAll(target.namespace, bench.namespace);
    expect({ exitCode: run.exitCode, told }).toEqual(own);
  });
});

async function installedBare({ options, namespace }: HelmBench, chartPath: string) {
  const { exitCode, stderr } = await runForOutput({
    file: options.helmPath,
    args: ['install', 'web', chartPath, `--namespace=${namespace}`],
    env: { HOME: options.workDirectory, KUBECONFIG: options.kubeconfigPath ?? '' },
    cwd: '/',
    deadlineMs: 60_000,
  });
  return { exitCode, told: helmErrorText(stderr) };
}
