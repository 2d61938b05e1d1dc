import type { Budget, PlanSketch, Scenario } from './model-state.js';

const DEPLOYED = [{ content: 'a', status: 'deployed' }] as const;
const DEPLOYED_WITH_HOOKS = [{ content: 'A', status: 'deployed' }] as const;
const NOTHING_WORKED = [{ content: 'a', status: 'failed' }] as const;
const TWO_REVISIONS = [
  { content: 'a', status: 'superseded' },
  { content: 'b', status: 'deployed' },
] as const;

const UPGRADE = { id: 'p1', type: 'upgrade', content: 'b' } as const;
const NEXT_UPGRADE = { id: 'p2', type: 'upgrade', content: 'c' } as const;
/** In capitals: its chart has hooks. */
const WITH_HOOKS = { id: 'p1', type: 'upgrade', content: 'B' } as const;
const ROLLBACK = { id: 'p1', type: 'rollback', content: 'a' } as const;
const ROLLBACK_AFTER = { id: 'p2', type: 'rollback', content: 'a' } as const;
const UNINSTALL = { id: 'p1', type: 'uninstall', content: '' } as const;
const UNINSTALL_AFTER = { id: 'p2', type: 'uninstall', content: '' } as const;
const INSTALL = { id: 'p1', type: 'install', content: 'b' } as const;
const INSTALL_AFTER = { id: 'p2', type: 'install', content: 'b' } as const;

function of(
  plans: readonly PlanSketch[],
  revisions: Scenario['revisions'],
  budget: Partial<Budget>,
): Scenario {
  return { plans, revisions, budget };
}

/** Where a stranger comes between, a person may have to. */
function curedOf(...given: Parameters<typeof of>): Scenario {
  const [, , { foreign = 0 }] = given;
  return { ...of(...given), cured: foreign > 0 };
}

export const aRemovalWithHooks = (budget: Partial<Budget>) =>
  of([UNINSTALL], DEPLOYED_WITH_HOOKS, budget);
export const aRemoval = (budget: Partial<Budget>) => curedOf([UNINSTALL], DEPLOYED, budget);
export const twoRemovalsWithHooks = (budget: Partial<Budget>) =>
  curedOf([UNINSTALL, UNINSTALL_AFTER], DEPLOYED_WITH_HOOKS, budget);
export const aSecondInstallation = (budget: Partial<Budget>) =>
  curedOf([INSTALL], NOTHING_WORKED, budget);
export const anUpgrade = (budget: Partial<Budget>) => of([UPGRADE], DEPLOYED, budget);
export const twoUpgrades = (budget: Partial<Budget>) =>
  of([UPGRADE, NEXT_UPGRADE], DEPLOYED, budget);

const CRASHES_AND_SESSIONS = { crashes: 2, reconnects: 1 };
const CRASH_AND_SESSIONS = { crashes: 1, reconnects: 1 };
const CRASH_AND_STRANGER = { crashes: 1, foreign: 1 };

/** Together they have every step of the executor cut off, in every plan type. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'an upgrade: two crashes, two sessions': anUpgrade(CRASHES_AND_SESSIONS),
  'an upgrade: two crashes, two sessions on two machines': {
    ...anUpgrade(CRASHES_AND_SESSIONS),
    apart: true,
  },
  'an upgrade: a crash, two sessions, cancelled, expired': anUpgrade({
    ...CRASH_AND_SESSIONS,
    ...{ cancellations: 1, expiries: 1 },
  }),
  'two upgrades: two crashes': twoUpgrades({ crashes: 2 }),
  'two upgrades: a crash, a stranger': { ...twoUpgrades(CRASH_AND_STRANGER), cured: true },
  'two upgrades: a crash, two sessions, a stranger': {
    ...twoUpgrades({ ...CRASH_AND_SESSIONS, foreign: 1 }),
    tame: true,
  },
  'two upgrades: a crash, two sessions, the first given up by a person': twoUpgrades({
    ...CRASH_AND_SESSIONS,
    givenUp: 1,
  }),
  'an upgrade with hooks and its rollback: a crash, two sessions': of(
    [WITH_HOOKS, ROLLBACK_AFTER],
    DEPLOYED,
    CRASH_AND_SESSIONS,
  ),
  'a rollback: two crashes, two sessions': of([ROLLBACK], TWO_REVISIONS, CRASHES_AND_SESSIONS),
  'a rollback: a crash, a stranger': of([ROLLBACK], TWO_REVISIONS, CRASH_AND_STRANGER),
  'an uninstallation: two crashes, two sessions': aRemoval(CRASHES_AND_SESSIONS),
  'an uninstallation with hooks: two crashes, two sessions':
    aRemovalWithHooks(CRASHES_AND_SESSIONS),
  'an uninstallation: a crash, a stranger': aRemoval(CRASH_AND_STRANGER),
  'two uninstallations with hooks: a crash, a stranger': twoRemovalsWithHooks(CRASH_AND_STRANGER),
  'an uninstallation and an installation: a crash, two sessions': of(
    [UNINSTALL, INSTALL_AFTER],
    DEPLOYED,
    CRASH_AND_SESSIONS,
  ),
  'an uninstallation given up by a person and an installation: a crash, two sessions': of(
    [UNINSTALL, INSTALL_AFTER],
    DEPLOYED,
    { ...CRASH_AND_SESSIONS, givenUp: 1 },
  ),
  'an installation: two crashes, two sessions': of([INSTALL], [], CRASHES_AND_SESSIONS),
  'an installation: a crash, a stranger': of([INSTALL], [], CRASH_AND_STRANGER),
  'an installation after one that failed: two crashes': aSecondInstallation({ crashes: 2 }),
  'an installation after one that failed: a crash, a stranger':
    aSecondInstallation(CRASH_AND_STRANGER),
};
