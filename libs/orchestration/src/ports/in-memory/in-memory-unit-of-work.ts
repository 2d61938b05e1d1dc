import type { UnitOfWork } from '../unit-of-work.js';
import {
  InMemoryApprovalRequests,
  InMemoryApprovalRules,
  InMemoryApprovals,
  InMemoryDelegations,
} from './in-memory-approvals.js';
import { InMemoryAuditChain } from './in-memory-audit-chain.js';
import { InMemoryBreakGlasses } from './in-memory-break-glasses.js';
import { InMemoryDeployments } from './in-memory-deployments.js';
import { InMemoryAnalytics } from './in-memory-analytics.js';
import {
  InMemoryChannels,
  InMemoryCharts,
  InMemoryEnvironments,
  InMemoryProducts,
  InMemoryReleases,
} from './in-memory-catalog.js';
import { InMemoryConstraints } from './in-memory-constraints.js';
import { InMemoryEventLog } from './in-memory-event-log.js';
import {
  InMemoryDeclines,
  InMemoryDirtyQueue,
  InMemoryEvaluations,
} from './in-memory-evaluation.js';
import { InMemoryEntities } from './in-memory-entities.js';
import { InMemoryReleaseStates, InMemorySpokes } from './in-memory-fleet.js';
import { InMemoryNotifications } from './in-memory-notifications.js';
import { InMemoryWebhooks } from './in-memory-webhooks.js';
import { InMemoryPeople } from './in-memory-people.js';
import { InMemoryPlanStorage } from './in-memory-plan-storage.js';
import { InMemoryLeases, InMemoryOccurrences } from './in-memory-scheduling.js';
import { InMemoryBaselines, InMemoryRollbackDemands } from './in-memory-rollbacks.js';
import { InMemoryBackups } from './in-memory-backups.js';
import { InMemoryRuns } from './in-memory-runs.js';
import { InMemoryRecalls } from './in-memory-recalls.js';
import { InMemoryAuditTrail, InMemoryIdempotency, InMemoryOutbox } from './in-memory-trail.js';
import { InMemoryHolds, InMemorySuppressions } from './in-memory-restraints.js';
import { InMemoryKeySets } from './in-memory-key-sets.js';
import { InMemoryLoginSessions } from './in-memory-login-sessions.js';
import { InMemoryTokens } from './in-memory-tokens.js';
import {
  InMemoryHubIdentity,
  InMemoryJoinTokens,
  InMemorySessionTokens,
} from './in-memory-trust.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** The repositories of one transaction in memory. */
export function inMemoryUnitOfWork(
  tables: MemoryTables,
  transaction: MemoryTransaction,
): UnitOfWork {
  return {
    environments: new InMemoryEnvironments(tables, transaction),
    products: new InMemoryProducts(tables, transaction),
    releases: new InMemoryReleases(tables, transaction),
    charts: new InMemoryCharts(tables, transaction),
    constraints: new InMemoryConstraints(tables, transaction),
    approvalRules: new InMemoryApprovalRules(tables, transaction),
    approvals: new InMemoryApprovals(tables, transaction),
    approvalRequests: new InMemoryApprovalRequests(tables, transaction),
    delegations: new InMemoryDelegations(tables, transaction),
    recalls: new InMemoryRecalls(tables, transaction),
    breakGlasses: new InMemoryBreakGlasses(tables, transaction),
    deployments: new InMemoryDeployments(tables, transaction),
    people: new InMemoryPeople(tables, transaction),
    tokens: new InMemoryTokens(tables, transaction),
    loginSessions: new InMemoryLoginSessions(tables, transaction),
    channels: new InMemoryChannels(tables, transaction),
    spokes: new InMemorySpokes(tables, transaction),
    joinTokens: new InMemoryJoinTokens(tables, transaction),
    sessionTokens: new InMemorySessionTokens(tables, transaction),
    hubIdentity: new InMemoryHubIdentity(tables, transaction),
    keySets: new InMemoryKeySets(tables, transaction),
    releaseStates: new InMemoryReleaseStates(tables, transaction),
    entities: new InMemoryEntities(tables, transaction),
    evaluations: new InMemoryEvaluations(tables, transaction),
    plans: new InMemoryPlanStorage(tables, transaction),
    analytics: new InMemoryAnalytics(tables, transaction),
    declines: new InMemoryDeclines(tables, transaction),
    baselines: new InMemoryBaselines(tables, transaction),
    rollbackDemands: new InMemoryRollbackDemands(tables, transaction),
    suppressions: new InMemorySuppressions(tables, transaction),
    holds: new InMemoryHolds(tables, transaction),
    backups: new InMemoryBackups(tables, transaction),
    runs: new InMemoryRuns(tables, transaction),
    dirty: new InMemoryDirtyQueue(tables, transaction),
    outbox: new InMemoryOutbox(tables, transaction),
    notifications: new InMemoryNotifications(tables, transaction),
    webhooks: new InMemoryWebhooks(tables, transaction),
    audit: new InMemoryAuditTrail(tables, transaction),
    auditChain: new InMemoryAuditChain(tables, transaction),
    idempotency: new InMemoryIdempotency(tables, transaction),
    leases: new InMemoryLeases(tables, transaction),
    occurrences: new InMemoryOccurrences(tables, transaction),
    events: new InMemoryEventLog(tables, transaction),
    finish: (ask) => transaction.finish(ask),
  };
}
