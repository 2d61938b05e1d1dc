import type { UnitOfWork } from '@apollo-deploy/orchestration';
import { DatabaseAnalytics } from './database-analytics.js';
import {
  DatabaseApprovalRequests,
  DatabaseApprovalRules,
  DatabaseApprovals,
  DatabaseDelegations,
} from './database-approvals.js';
import { DatabaseAuditChain } from './database-audit-chain.js';
import {
  DatabaseChannels,
  DatabaseCharts,
  DatabaseEnvironments,
  DatabaseProducts,
  DatabaseReleases,
} from './database-catalog.js';
import { DatabaseDeployments } from './database-deployments.js';
import { DatabaseConstraints } from './database-constraints.js';
import {
  DatabaseDeclines,
  DatabaseDirtyQueue,
  DatabaseEvaluations,
} from './database-evaluation.js';
import { DatabaseEventLog } from './database-event-log.js';
import { DatabaseEntities } from './database-entities.js';
import { DatabaseReleaseStates, DatabaseSpokes } from './database-fleet.js';
import { DatabaseAuditTrail, DatabaseIdempotency, DatabaseOutbox } from './database-messages.js';
import { DatabaseLeases, DatabaseOccurrences } from './database-scheduling.js';
import { DatabaseNotifications } from './database-notifications.js';
import { DatabasePeople } from './database-people.js';
import { DatabasePlanStorage } from './database-plan-storage.js';
import { DatabaseHolds, DatabaseSuppressions } from './database-restraints.js';
import { DatabaseBaselines, DatabaseRollbackDemands } from './database-rollbacks.js';
import { DatabaseBackups } from './database-backups.js';
import { DatabaseRuns } from './database-runs.js';
import { DatabaseLoginSessions } from './database-login-sessions.js';
import { DatabaseTokens } from './database-tokens.js';
import { DatabaseBreakGlasses } from './database-break-glasses.js';
import { DatabaseWebhooks } from './database-webhooks.js';
import { DatabaseRecalls } from './database-recalls.js';
import {
  DatabaseHubIdentity,
  DatabaseJoinTokens,
  DatabaseSessionTokens,
} from './database-trust.js';
import { DatabaseKeySets } from './database-key-sets.js';
import type { DatabaseSession } from './database-session.js';

/** The repositories of one transaction in PostgreSQL. */
export function databaseUnitOfWork(session: DatabaseSession): UnitOfWork {
  return {
    environments: new DatabaseEnvironments(session),
    products: new DatabaseProducts(session),
    releases: new DatabaseReleases(session),
    charts: new DatabaseCharts(session),
    constraints: new DatabaseConstraints(session),
    approvalRules: new DatabaseApprovalRules(session),
    approvals: new DatabaseApprovals(session),
    approvalRequests: new DatabaseApprovalRequests(session),
    delegations: new DatabaseDelegations(session),
    recalls: new DatabaseRecalls(session),
    breakGlasses: new DatabaseBreakGlasses(session),
    deployments: new DatabaseDeployments(session),
    people: new DatabasePeople(session),
    tokens: new DatabaseTokens(session),
    loginSessions: new DatabaseLoginSessions(session),
    channels: new DatabaseChannels(session),
    spokes: new DatabaseSpokes(session),
    joinTokens: new DatabaseJoinTokens(session),
    sessionTokens: new DatabaseSessionTokens(session),
    hubIdentity: new DatabaseHubIdentity(session),
    keySets: new DatabaseKeySets(session),
    releaseStates: new DatabaseReleaseStates(session),
    entities: new DatabaseEntities(session),
    evaluations: new DatabaseEvaluations(session),
    plans: new DatabasePlanStorage(session),
    analytics: new DatabaseAnalytics(session),
    declines: new DatabaseDeclines(session),
    suppressions: new DatabaseSuppressions(session),
    holds: new DatabaseHolds(session),
    baselines: new DatabaseBaselines(session),
    rollbackDemands: new DatabaseRollbackDemands(session),
    backups: new DatabaseBackups(session),
    runs: new DatabaseRuns(session),
    dirty: new DatabaseDirtyQueue(session),
    outbox: new DatabaseOutbox(session),
    notifications: new DatabaseNotifications(session),
    webhooks: new DatabaseWebhooks(session),
    audit: new DatabaseAuditTrail(session),
    auditChain: new DatabaseAuditChain(session),
    idempotency: new DatabaseIdempotency(session),
    leases: new DatabaseLeases(session),
    occurrences: new DatabaseOccurrences(session),
    events: new DatabaseEventLog(session),
    finish: (ask) => session.finish(ask),
  };
}
