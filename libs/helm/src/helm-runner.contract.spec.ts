import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { describeHelmRunner } from './helm-runner.contract.js';
import { configMapChart } from './testing/config-map-chart.js';
import { ScriptedHelmRunner } from './testing/scripted-helm-runner.js';

describeHelmRunner('scripted', () => {
  const kube = new InMemoryKubeApi({ namespaces: ['shop'] });
  const helm = new ScriptedHelmRunner(kube);
  return Promise.resolve({
    helm,
    kube,
    namespace: 'shop',
    chart: (chart) => Promise.resolve(helm.addChart(configMapChart(chart))),
  });
});
