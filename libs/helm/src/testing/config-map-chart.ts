import type { HelmValues } from '../helm-command.js';
import type { ScriptedChart } from './scripted-helm-runner.js';

/** A scripted chart of one ConfigMap `web`: the value `text`, and the chart's version. */
export function configMapChart(
  chart: Omit<ScriptedChart, 'render'> & { readonly version: string },
): ScriptedChart {
  const render = (values: HelmValues): ReturnType<ScriptedChart['render']> => [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web' },
      data: { text: values['text'] ?? 'default', version: chart.version },
    },
  ];
  return { ...chart, render };
}
