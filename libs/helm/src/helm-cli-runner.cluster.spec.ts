import { afterAll, describe, expect, it } from '@jest/globals';
import { HELM_3_VERSION, HELM_VERSION } from '@apollo-deploy/local-cluster';
import { describeHelmRunner, type HelmRunnerUnderTest } from './helm-runner.contract.js';
import { formatHelmVersion } from './helm-version.js';
import { HelmClusterBench } from './testing/helm-cluster-bench.js';

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
afterAll(() => Promise.all([benches[3].close(), benches[4].close()]));

describe('the pinned helms', () => {
  it.each([
    { major: 3, expected: HELM_3_VERSION },
    { major: 4, expected: HELM_VERSION },
  ] as const)('are found out to be Helm $expected', async ({ major, expected }) => {
    const { helm } = await benches[major].open();
    expect(formatHelmVersion(helm.version)).toBe(expected);
  });
});

describeHelmRunner('helm 3 command line', () => runnerOf(benches[3]));
describeHelmRunner('helm 4 command line', () => runnerOf(benches[4]));

async function runnerOf(bench: HelmClusterBench): Promise<HelmRunnerUnderTest> {
  const { helm, kube, namespace, packChart } = await bench.open();
  return {
    helm,
    kube,
    namespace,
    chart: ({ name, version, invalid = false }) =>
      packChart({
        name,
        version,
        files: {
          'templates/config.yaml': [
            'apiVersion: v1',
            'kind: ConfigMap',
            'metadata: {name: web}',
            'data:',
            '  text: {{ .Values.text | default "default" | quote }}',
            '  version: {{ .Chart.Version | quote }}',
          ].join('\n'),
          ...(invalid && {
            'templates/service.yaml': [
              'apiVersion: v1',
              'kind: Service',
              'metadata: {name: web}',
              'spec: {ports: [{port: 99999999}]}',
            ].join('\n'),
          }),
        },
      }),
  };
}
