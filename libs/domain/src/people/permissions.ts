import { type Role, ROLES } from './role.js';

/** What people can be let do. Every route of the API asks for one of them. */
export const PERMISSIONS = [
  /** See what runs and what is planned, and ask what would happen. */
  'view',
  /** Register products and releases, and put releases into channels. */
  'release',
  /** Say what should run, and evaluate, execute and cancel plans. */
  'deploy',
  /** Deploy to staging without a backup of what is replaced. */
  'skip-backup',
  /** Bring a service to production past its pipeline, for a reason, and owe the way back down. */
  'hotfix',
  /** Say how a plan ended that nobody knows the end of. */
  'resolve',
  /** Say when and what may not change, and take that back: constraints, windows, freezes, holds. */
  'restrain',
  /** Recall releases. */
  'recall',
  /** Environments, spokes, their tokens and their limits. */
  'fleet',
  /** Go past what holds a plan, for a reason and a time, and owe a review. */
  'break-glass',
  /** Review what others have opened by break-glass. */
  'review',
  /** Agree to plans or reject them, where a gate asks for a role that one has. */
  'approve',
  /** Lend one's own roles. */
  'delegate',
  /** Say who must agree to which plans. */
  'approval-rules',
  /** Say who outside is told of what happens. */
  'webhooks',
  /** Read the audit trail. */
  'audit',
  /** Make and revoke one's own tokens. */
  'tokens',
  /** Say who may do what, and make and revoke the tokens of others. */
  'people',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}

const VIEWER = ['view', 'approve', 'tokens'] as const;
const DEVELOPER = [...VIEWER, 'release', 'deploy', 'delegate'] as const;
const OPERATOR = [...DEVELOPER, 'skip-backup', 'resolve', 'restrain', 'recall', 'fleet'] as const;

/**
 * What each role lets one do. Those who answer for production at night break glass, where they have the
 * role, and no others: whoever only deploys, or only agrees, has people to ask. Everybody may answer a
 * gate: whether it asks for them, by their own role or a lent one, is the gate's to say.
 */
export const ROLE_PERMISSIONS = {
  viewer: VIEWER,
  developer: DEVELOPER,
  operator: OPERATOR,
  sre: [...OPERATOR, 'hotfix', 'break-glass', 'review', 'audit'],
  'product-owner': [...VIEWER, 'delegate', 'recall'],
  'vp-engineering': [...VIEWER, 'delegate', 'review', 'audit'],
  admin: PERMISSIONS,
} as const satisfies Record<Role, readonly Permission[]>;

/** The roles that a permission comes with. */
export function rolesWith(permission: Permission): readonly Role[] {
  const gives = (role: Role): boolean =>
    (ROLE_PERMISSIONS[role] as readonly Permission[]).includes(permission);
  return ROLES.filter(gives);
}

/**
 * What takes a person: nobody agrees, answers for a break-glass, goes without a backup, lends or says
 * who may do what by machine.
 */
const FOR_PEOPLE_ONLY: readonly Permission[] = [
  ...([
    'skip-backup',
    'break-glass',
    'review',
    'approve',
    'delegate',
    'approval-rules',
    'tokens',
    'people',
  ] as const),
];

/** What no machine may do, whatever its roles. */
export function isForPeopleOnly(permission: Permission): boolean {
  return FOR_PEOPLE_ONLY.includes(permission);
}

/**
 * What whoever works on this machine may do without logging in: everything except agree to plans or to
 * what others did, and what would give somebody the right to.
 */
export const LOCAL_PERMISSIONS: readonly Permission[] = PERMISSIONS.filter(
  (permission) => !['review', 'approve', 'delegate', 'tokens', 'people'].includes(permission),
);
