import { afterAll } from '@jest/globals';
import { describeHelmRunner } from './helm-runner.contract.js';
import { HelmClusterBench } from './testing/helm-cluster-bench.js';

const bench = new HelmClusterBench();
afterAll(() => bench.close());

describeHelmRunner('helm command line', async () => {
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
});
