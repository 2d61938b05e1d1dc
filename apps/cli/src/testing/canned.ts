/** A plan that waits for an sre, as the hub shows it. */
export const PLAN = {
  id: 'plan-1',
  ...{ entity: 'aria-prod', environment: 'prod', spoke: 'prod', product: 'aria' },
  ...{ type: 'upgrade', state: 'BLOCKED', reason: 'the desired version is 1.1.0' },
  from: { version: '1.0.0', revision: 3 },
  to: { version: '1.1.0', chartSha256: 'c'.repeat(64), valuesDigest: 'e'.repeat(64) },
  digest: 'd'.repeat(64),
  violations: [
    { code: 'approval', message: 'production wants an sre: 0 of 1 have agreed', data: {} },
  ],
  approval: {
    required: true,
    satisfied: false,
    gates: [
      {
        ...{ rule: 'production', level: 1, open: true, satisfied: false },
        ...{ requiredApprovers: 1, requiredRoles: ['sre'], missing: ['sre'] },
        ...{ missingApprovers: 1, satisfiable: true, setAside: [] },
      },
    ],
    approvals: [],
  },
  createdAt: '2026-03-01T11:00:00.123Z',
  version: 2,
} as const;

/** What that plan changes. */
export const DIFF = {
  from: { version: '1.0.0', revision: 3, valuesDigest: 'e'.repeat(64) },
  to: PLAN.to,
  values: {
    known: true,
    changes: [{ path: 'image.tag', change: 'changed', before: '1', after: '2' }],
    more: 0,
  },
  manifest: { known: false, why: 'nothing here renders charts' },
} as const;

/** The same plan once `ann` has agreed to it. */
export const APPROVED = {
  ...PLAN,
  approval: {
    required: true,
    satisfied: true,
    gates: [{ ...PLAN.approval.gates[0], satisfied: true, missing: [], missingApprovers: 0 }],
    approvals: [{ by: 'ann', roles: ['sre'], at: '2026-03-01T12:00:00.000Z', digest: PLAN.digest }],
  },
  lapses: [],
} as const;

export const ME = {
  ...{ name: 'ann', kind: 'person', permissions: ['view', 'approve'] },
  inEnvironments: [],
} as const;

/** A promotion to production that waits for an sre, as the hub shows it. */
export const DEPLOYMENT = {
  ...{ id: 'deploy-1', service: 'aria', environment: 'prod', kind: 'promote', strategy: 'rolling' },
  ...{
    status: 'pre_checks',
    fromVersion: '1.0.0',
    toVersion: '1.1.0',
    chartSha256: 'c'.repeat(64),
  },
  ...{ deployedBy: 'ann', deployedAt: '2026-03-01T12:00:00.000Z', notes: 'tested' },
  ...{ backup: 'required', plans: [{ id: 'plan-1', spoke: 'prod', state: 'BLOCKED' }] },
  targets: [{ entity: 'aria-prod', spoke: 'prod', wave: 0, state: 'started', looks: [] }],
  waitsFor: [
    {
      ...{ code: 'approval', message: 'production wants an sre', plan: 'plan-1' },
      cure: 'let ann look at it',
      until: '2026-03-02T12:00:00.000Z',
    },
  ],
  ...{ steps: [], version: 2 },
} as const;

/** The same once it has ended well. */
export const COMPLETED = {
  ...DEPLOYMENT,
  ...{ status: 'completed', backup: 'kept', notes: 'tested (completed)', waitsFor: [] },
  ...{ endedAt: '2026-03-01T12:00:04.500Z', durationSeconds: 4.5 },
  targets: [{ ...DEPLOYMENT.targets[0], state: 'healthy' }],
} as const;
