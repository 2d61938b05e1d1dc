import { afterEach, beforeEach, describe } from '@jest/globals';
import { describeCommitSignals } from './store-commit-signals.contract.js';
import { describeRandomPlans } from './store-plans-model.contract.js';
import { describeStoredAnalytics } from './store-analytics.contract.js';
import { describeStoredApprovals } from './store-approvals.contract.js';
import { describeStoredAuditChain } from './store-audit-chain.contract.js';
import { describeStoredBackups } from './store-backups.contract.js';
import { describeStoredBreakGlasses } from './store-break-glasses.contract.js';
import { describeStoredCatalog } from './store-catalog.contract.js';
import { describeStoredConstraints } from './store-constraints.contract.js';
import { describeStoredDeployments } from './store-deployments.contract.js';
import { describeStoredEntities } from './store-entities.contract.js';
import { describeStoredEnvironments } from './store-environments.contract.js';
import { describeStoredEvaluations } from './store-evaluations.contract.js';
import { describeStoredEvents } from './store-events.contract.js';
import { describeStoredKeySets } from './store-key-sets.contract.js';
import { describeStoredNotifications } from './store-notifications.contract.js';
import { describeStoredPeople } from './store-people.contract.js';
import { describeStoredPlans } from './store-plans.contract.js';
import { describeStoredQueues } from './store-queues.contract.js';
import { describeStoredRecalls } from './store-recalls.contract.js';
import { describeStoredReleases } from './store-releases.contract.js';
import { describeStoredRestraints } from './store-restraints.contract.js';
import { describeStoredRollbacks } from './store-rollbacks.contract.js';
import { describeStoredRuns } from './store-runs.contract.js';
import { describeStoredScheduling } from './store-scheduling.contract.js';
import { describeStoredSpokes } from './store-spokes.contract.js';
import { describeStoredLoginSessions } from './store-login-sessions.contract.js';
import { describeStoredTokens } from './store-tokens.contract.js';
import { describeStoredWebhooks } from './store-webhooks.contract.js';
import { describeTransactions } from './store-transactions.contract.js';
import { describeStoredTrust } from './store-trust.contract.js';
import { describeWaiting } from './store-waiting.contract.js';
import type { Store } from './store.js';

/** What every `Store` promises. `open` is called before each test and answers an empty store. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`store: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    describeTransactions(() => store);
    describeCommitSignals(() => store);
    describeStoredAnalytics(() => store);
    describeStoredEnvironments(() => store);
    describeStoredCatalog(() => store);
    describeStoredReleases(() => store);
    describeStoredConstraints(() => store);
    describeStoredPeople(() => store);
    describeStoredTokens(() => store);
    describeStoredLoginSessions(() => store);
    describeStoredEvents(() => store);
    describeStoredRecalls(() => store);
    describeStoredBreakGlasses(() => store);
    describeStoredDeployments(() => store);
    describeStoredApprovals(() => store);
    describeStoredSpokes(() => store);
    describeStoredTrust(() => store);
    describeStoredKeySets(() => store);
    describeStoredEntities(() => store);
    describeStoredPlans(() => store);
    describeStoredEvaluations(() => store);
    describeRandomPlans(() => store);
    describeStoredNotifications(() => store);
    describeStoredWebhooks(() => store);
    describeStoredQueues(() => store);
    describeStoredRestraints(() => store);
    describeStoredScheduling(() => store);
    describeStoredRollbacks(() => store);
    describeWaiting(() => store);
    describeStoredRuns(() => store);
    describeStoredBackups(() => store);
    describeStoredAuditChain(() => store);
  });
}
