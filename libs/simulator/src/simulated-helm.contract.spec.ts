import { systemTimer, InMemoryKubeApi } from '@apollo-deploy/kube';
import { configMapChart, describeHelmRunner } from '@apollo-deploy/helm/testing';
import type { InProcessChart } from '@apollo-deploy/helm';
import { SimulatedHelm } from './simulated-helm.js';

describeHelmRunner('simulated', () => {
  const kube = new InMemoryKubeApi({ namespaces: ['shop'] });
  const charts = new Map<string, InProcessChart>();
  const helm = new SimulatedHelm({
    ...{ kube, timer: systemTimer, clock: { now: () => new Date() }, commandMs: () => 0 },
    chart: (path) => Promise.resolve(charts.get(path) ?? null),
  });
  return Promise.resolve({
    ...{ helm, kube, namespace: 'shop' },
    chart: (chart) => {
      const path = `${chart.name}-${chart.version}.tgz`;
      charts.set(path, configMapChart(chart));
      return Promise.resolve(path);
    },
  });
});
