import type { HelmValues, InProcessChart } from '@apollo-deploy/helm';
import type { KubeObject } from '@apollo-deploy/kube';
import type { ChartArchive } from './chart-archive.js';
import { BEHAVIOURS, podFate, type Behaviour, type FateOdds, type PodFate } from './pod-fate.js';

/** On pod templates: what becomes of the pods. */
export const BEHAVIOUR_ANNOTATION = 'apollo.dev/simulated-behaviour';
/** On pod templates: after how many milliseconds. */
export const AFTER_ANNOTATION = 'apollo.dev/simulated-after-ms';

const MOST_REPLICAS = 100;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/**
 * A chart as a simulated cluster knows it: a ConfigMap with the values, and a Deployment whose pods go
 * as the values `behaviour` and `readyAfter` say, which the example charts have, or else as the seed
 * says. Its templates are not run.
 */
export function simulatedChart(
  { name, version, appVersion, defaults }: ChartArchive,
  spoke: string,
  odds: FateOdds,
): InProcessChart {
  return {
    name,
    version,
    render: (values, { release, namespace }) => {
      const all = { ...defaults, ...values };
      const content = { spoke, namespace, release, chart: { name, version }, values };
      const image = typeof all['image'] === 'string' ? all['image'] : name;
      const fate = askedFate(all, podFate(content, odds));
      return [
        configMap(release, namespace, all),
        deployment({ release, namespace, fate, values: all, image: `${image}:${appVersion}` }),
      ];
    },
  };
}

function askedFate(values: HelmValues, byChance: PodFate): PodFate {
  const asked = BEHAVIOURS.find((behaviour) => behaviour === values['behaviour']);
  return {
    behaviour: asked ?? byChance.behaviour,
    afterMs: durationOf(values['readyAfter']) ?? byChance.afterMs,
  };
}

/** `1s`, `500ms`, `2m`; undefined for anything else. */
function durationOf(text: unknown): number | undefined {
  const [, amount, unit = ''] = /^(\d+)(ms|s|m)$/.exec(typeof text === 'string' ? text : '') ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 1);
}

function configMap(name: string, namespace: string, values: HelmValues): KubeObject {
  const metadata = { name, namespace };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { values: JSON.stringify(values) },
  };
}

function deployment(wanted: {
  readonly release: string;
  readonly namespace: string;
  readonly fate: PodFate;
  readonly values: HelmValues;
  readonly image: string;
}): KubeObject {
  const { release: name, namespace, fate, values, image } = wanted;
  const labels = { 'app.kubernetes.io/instance': name };
  const annotations: Record<typeof BEHAVIOUR_ANNOTATION | typeof AFTER_ANNOTATION, string> = {
    [BEHAVIOUR_ANNOTATION]: fate.behaviour satisfies Behaviour,
    [AFTER_ANNOTATION]: String(fate.afterMs),
  };
  const resources = typeof values['resources'] === 'object' ? values['resources'] : {};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: replicasOf(values),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: 'app', image, resources }] },
      },
    },
  };
}

function replicasOf(values: HelmValues): number {
  const asked = values['replicas'];
  if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 0) return 1;
  return Math.min(asked, MOST_REPLICAS);
}
