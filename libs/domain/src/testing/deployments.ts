import type { Deployment, DeploymentTarget } from '../pipeline/deployment.js';

/** One target, that waits. */
export function aDeploymentTarget(change: Partial<DeploymentTarget> = {}): DeploymentTarget {
  return { entity: 'aria-dev', spoke: 'dev', wave: 0, state: 'waiting', looks: [], ...change };
}

/** A deployment of version 1.1.0 of `aria` to `dev` that was just asked for. */
export function aDeployment(change: Partial<Deployment> = {}): Deployment {
  const { deployedAt = '2026-01-05T09:00:00.000Z' } = change;
  return {
    id: 'deploy_20260105090000_aria_1',
    service: 'aria',
    environment: 'dev',
    kind: 'deploy',
    strategy: 'rolling',
    status: 'pending',
    wish: { version: '1.1.0' },
    toVersion: '1.1.0',
    chartSha256: 'c'.repeat(64),
    deployedBy: 'ann',
    deployedByKind: 'person',
    deployedAt,
    queued: false,
    steps: [{ status: 'pending', at: deployedAt }],
    targets: [aDeploymentTarget()],
    backup: 'none',
    version: 1,
    ...change,
  };
}
