import { aDeployment } from '@apollo-deploy/domain/testing';
import { aPlan } from '@apollo-deploy/orchestration/testing';
import { describe, expect, it } from '@jest/globals';
import { planView } from './plan-views.js';

describe('a plan as the API shows it', () => {
  it('names what will run by digests, and leaves out what is not so', () => {
    const plan = aPlan({ to: { version: '1.0.0' }, values: { password: 'canary' } });

    const view = planView(plan);

    expect(view).toEqual({
      id: plan.id,
      entity: plan.entity,
      environment: 'dev',
      spoke: 'spoke-a',
      product: 'test-service',
      type: 'install',
      planClass: 'ordinary',
      state: 'PENDING',
      from: null,
      to: { version: '1.0.0', chartSha256: 'c'.repeat(64), valuesDigest: 'v'.repeat(64) },
      digest: plan.digest,
      reason: plan.reason,
      passedOver: [],
      violations: [],
      approval: { required: false, satisfied: true, gates: [], approvals: [] },
      attempt: 1,
      createdAt: plan.createdAt,
      version: 1,
    });
    expect(JSON.stringify(view)).not.toContain('canary');
  });

  it.each([
    { name: 'with their reason', reason: { reason: 'tested' } },
    { name: 'who said no reason', reason: {} },
  ])('names the deployment that asked for it, and by whom, $name', ({ reason }) => {
    const { reason: _, ...rest } = aDeployment({ id: 'deploy-1', kind: 'promote' });
    const deployment = { ...rest, deployedBy: 'ann', ...reason };

    expect(planView(aPlan(), undefined, deployment).deployment).toEqual({
      ...{ id: 'deploy-1', kind: 'promote', by: 'ann' },
      ...reason,
    });
  });

  it('shows how it ended', () => {
    const ended = {
      phase: 'verifying',
      outcome: 'unhealthy',
      message: 'pod web-1 is in CrashLoopBackOff',
      evidence: { revision: 2 },
      startedAt: '2026-03-01T12:00:00.000Z',
      endedAt: '2026-03-01T12:00:09.000Z',
    } as const;

    expect(planView(aPlan({ state: 'FAILED', ...ended }))).toMatchObject({
      state: 'FAILED',
      ...ended,
    });
  });

  it('shows what it went out in spite of, after its end too', () => {
    const warning = {
      code: 'dependency_missing',
      message: 'base is missing',
      effect: 'warns',
    } as const;

    expect(planView(aPlan({ state: 'FAILED', noted: [{ ...warning, data: {} }] }))).toMatchObject({
      noted: [warning],
    });
  });

  it('names what it is taken back to if it fails', () => {
    const rollbackTarget = { version: '0.9.0', chartSha256: 'd'.repeat(64), valuesDigest: 'e' };
    const { content } = aPlan();

    expect(planView(aPlan({ content: { ...content, rollbackTarget } }))).toMatchObject({
      rollbackTarget,
    });
  });

  it('names the plans it is linked to', () => {
    const links = { rollbackOf: 'plan-8', repairOf: 'plan-7', rolledBackBy: 'plan-9' };

    expect(planView(aPlan(links))).toMatchObject(links);
  });

  it('has no target for an uninstall', () => {
    const { content } = aPlan();
    const plan = aPlan({
      type: 'uninstall',
      content: { ...content, type: 'uninstall', chart: null, valuesDigest: null },
      from: { version: '1.0.0', revision: 3 },
      to: null,
    });

    expect(planView(plan)).toMatchObject({ from: { version: '1.0.0', revision: 3 }, to: null });
  });
});
