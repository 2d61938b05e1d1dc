import { conditionRules } from '@apollo-deploy/k8s-status';
import type { KubeObject } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { OwnedPods } from '../state/owned-pods.js';
import { releaseReport } from '../state/release-report.js';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';
import { parseHealthRules } from './parse-health-rules.js';
import type { HealthRules } from './read-health-rules.js';

const FILE = `{"rules": [{
  "group": "certs.example.com", "kind": "Certificate",
  "failed": [{"type": "Ready", "status": "False", "reasons": ["Denied"]}],
  "healthy": [{"type": "Ready"}, {"type": "Published"}]
}]}`;

function rulesOfFile(): HealthRules {
  const rules = parseHealthRules(FILE);
  if (!rules.ok) throw new Error(rules.error.join('\n'));
  return conditionRules(rules.value);
}

const condition = (type: string, status: string, reason: string) => ({
  ...{ type, status, reason, message: `says ${reason}` },
  lastTransitionTime: '2026-03-02T12:00:05Z',
});
const DENIED = [condition('Ready', 'False', 'Denied')];
const ISSUED = [condition('Ready', 'True', 'Issued')];
const certificate = (conditions: readonly object[]): KubeObject => ({
  ...{ apiVersion: 'certs.example.com/v1', kind: 'Certificate', metadata: { name: 'web' } },
  status: { conditions },
});

const AFTER_A_MINUTE = 'not ready after 60 s: Certificate shop/web: ';

const NOW = new Date('2026-03-02T12:00:10Z');

describe('a rollout', () => {
  it.each([
    {
      name: 'fails at once for what the rule calls failed',
      ...{ conditions: DENIED, healthRules: rulesOfFile(), waits: false },
      expected: { outcome: 'unhealthy', reason: 'Denied' },
      message: 'Certificate shop/web: says Denied',
    },
    {
      name: 'waits for the same until its deadline without the rule',
      ...{ conditions: DENIED, healthRules: {}, waits: true },
      expected: { outcome: 'unhealthy', reason: 'Denied' },
      message: `${AFTER_A_MINUTE}says Denied`,
    },
    {
      name: 'waits for all that the rule wants',
      ...{ conditions: ISSUED, healthRules: rulesOfFile(), waits: true },
      expected: { outcome: 'unhealthy', reason: 'ConditionMissing' },
      message: `${AFTER_A_MINUTE}waits for condition Published True; this Certificate has only Ready`,
    },
    {
      name: 'has arrived with the same without the rule',
      ...{ conditions: ISSUED, healthRules: {}, waits: false },
      expected: { verdict: 'succeeded' },
      message: 'is deployed and 1 of 1 objects are healthy',
    },
  ])('$name', async ({ conditions, healthRules, waits, expected, message }) => {
    const bench = new ExecutionBench([
      {
        ...{ apiVersion: 'certs.example.com/v1', kind: 'Certificate', plural: 'certificates' },
        ...{ namespaced: true, verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
      },
    ]);
    const chart = { name: 'web', version: '3.0.0' };
    bench.addChart({ ...chart, render: () => [certificate(conditions)] });
    const spoke = bench.spoke({ healthRules });
    spoke.offer(anOffer({ chart, rolloutTimeoutSeconds: 60 }));
    if (waits) {
      await bench.time.waitBegins(60_000);
      bench.time.advance(60_000);
    }
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...expected,
      message: expect.stringContaining(message),
    });
  });
});

describe('the reported health', () => {
  it.each([
    {
      name: 'what the rule calls failed',
      ...{ conditions: DENIED, rules: rulesOfFile() },
      expected: { health: 'Degraded', reason: 'Denied', message: 'says Denied' },
    },
    {
      name: 'the same without the rule',
      ...{ conditions: DENIED, rules: {} },
      expected: { health: 'Progressing', reason: 'Denied', message: 'says Denied' },
    },
    {
      name: 'less than the rule wants',
      ...{ conditions: ISSUED, rules: rulesOfFile() },
      expected: {
        ...{ health: 'Progressing', reason: 'ConditionMissing' },
        message: 'waits for condition Published True; this Certificate has only Ready',
      },
    },
    {
      name: 'all that the rule wants',
      conditions: [...ISSUED, condition('Published', 'True', 'Everywhere')],
      ...{ rules: rulesOfFile(), expected: { health: 'Healthy' } },
    },
  ])('is by $name', ({ conditions, rules, expected }) => {
    const ref = {
      ...{ apiVersion: 'certs.example.com/v1', kind: 'Certificate' },
      ...{ namespace: 'shop', name: 'web' },
    };
    const head = {
      ...{ revision: 1, status: 'deployed', chartName: 'web', chartVersion: '1.0.0' },
      ...{ valuesDigest: 'v', manifestDigest: 'm', secretUid: 's', releaseDigest: 'r' },
    };
    const { report } = releaseReport(
      {
        namespace: 'shop',
        releaseName: 'web',
        head,
        refs: [ref],
        expected: new Map(),
        problem: null,
      },
      {
        get: () => certificate(conditions),
        refusal: () => null,
        find: () => ({ drift: [], digest: undefined }),
        usageOf: () => undefined,
        warningsOf: () => null,
        ...{ owned: new OwnedPods([], []), rules, now: NOW, heardAt: NOW },
      },
    );
    expect(report.health).toBe(expected.health);
    expect(report.objects).toEqual([
      { kind: 'Certificate', namespace: 'shop', name: 'web', ...expected },
    ]);
  });
});
