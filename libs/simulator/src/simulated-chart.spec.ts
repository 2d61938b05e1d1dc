import { describe, expect, it } from '@jest/globals';
import type { HelmValues } from '@apollo-deploy/helm';
import { podFate } from './pod-fate.js';
import { AFTER_ANNOTATION, BEHAVIOUR_ANNOTATION, simulatedChart } from './simulated-chart.js';

const ODDS = { seed: 'a', failures: 0.5 };
const TARGET = { release: 'web', namespace: 'shop' };

function rendered(defaults: HelmValues, values: HelmValues = {}): readonly object[] {
  const archive = { name: 'web', version: '1.0.0', appVersion: '7', defaults };
  return simulatedChart(archive, 'dev', ODDS).render(values, TARGET);
}

const template = (behaviour: string, afterMs: number): object => ({
  metadata: {
    annotations: { [BEHAVIOUR_ANNOTATION]: behaviour, [AFTER_ANNOTATION]: String(afterMs) },
  },
});
const byChance = (values: HelmValues): ReturnType<typeof podFate> =>
  podFate({ ...TARGET, spoke: 'dev', chart: { name: 'web', version: '1.0.0' }, values }, ODDS);

describe('a chart on a simulated cluster', () => {
  it.each([
    {
      name: 'goes as its values ask',
      defaults: { behaviour: 'crash-loop', readyAfter: '2s' },
      values: {},
      expected: { replicas: 1, template: template('crash-loop', 2000) },
    },
    {
      name: 'goes as the given values ask, before its own',
      defaults: { behaviour: 'crash-loop', readyAfter: '2s', replicas: 2 },
      values: { behaviour: 'ready', readyAfter: '500ms', replicas: 3 },
      expected: { replicas: 3, template: template('ready', 500) },
    },
    {
      name: 'goes by chance where nothing is asked',
      defaults: { behaviour: '', readyAfter: '' },
      values: { text: 'a' },
      expected: {
        replicas: 1,
        template: template(byChance({ text: 'a' }).behaviour, byChance({ text: 'a' }).afterMs),
      },
    },
    {
      name: 'makes one pod where the number is none',
      defaults: { behaviour: 'ready', readyAfter: '1m', replicas: 'many' },
      values: {},
      expected: { replicas: 1, template: template('ready', 60_000) },
    },
  ])('$name', ({ defaults, values, expected }) => {
    expect(rendered(defaults, values)).toEqual([
      expect.objectContaining({ kind: 'ConfigMap' }),
      expect.objectContaining({ kind: 'Deployment', spec: expect.objectContaining({}) }),
    ]);
    expect(rendered(defaults, values)[1]).toMatchObject({ spec: expected });
  });

  it('renders the same twice, since it is rendered before the claim and after', () => {
    expect(rendered({}, { a: 1 })).toEqual(rendered({}, { a: 1 }));
  });
});
