import { CreateCatalog1763712000000 } from './1763712000000-create-catalog.js';
import { CreateFleet1763712001000 } from './1763712001000-create-fleet.js';
import { CreatePlans1763712002000 } from './1763712002000-create-plans.js';
import { CreateMessages1763712003000 } from './1763712003000-create-messages.js';
import { CreateConstraints1763712004000 } from './1763712004000-create-constraints.js';
import { CreateRollbacks1763712005000 } from './1763712005000-create-rollbacks.js';
import { CreateRestraints1763712006000 } from './1763712006000-create-restraints.js';
import { CreateRuns1763712007000 } from './1763712007000-create-runs.js';
import { CreateBackups1763712007500 } from './1763712007500-create-backups.js';
import { CreateRecalls1763712008000 } from './1763712008000-create-recalls.js';
import { CreateScheduling1763712009000 } from './1763712009000-create-scheduling.js';
import { CreateAnalytics1763712010000 } from './1763712010000-create-analytics.js';
import { CreateEvents1763712011000 } from './1763712011000-create-events.js';
import { ObserveRuns1763712013000 } from './1763712013000-observe-runs.js';
import { LookAtPendingPlans1763712014000 } from './1763712014000-look-at-pending-plans.js';
import { TellOfWork1763712015000 } from './1763712015000-tell-of-work.js';
import { StandInLine1763712017000 } from './1763712017000-stand-in-line.js';
import { AwaitSpokes1763712018000 } from './1763712018000-await-spokes.js';
import { KeepNotedViolations1763712019000 } from './1763712019000-keep-noted-violations.js';
import { OneKindOfRollbackDemand1763712021000 } from './1763712021000-one-kind-of-rollback-demand.js';
import { RequireOfSpokes1763712029000 } from './1763712029000-require-of-spokes.js';
import { KeepPlaces1763712032000 } from './1763712032000-keep-places.js';
import { LearnOfUnknownPlans1763712037000 } from './1763712037000-learn-of-unknown-plans.js';
import { AdoptReleases1763712039000 } from './1763712039000-adopt-releases.js';
import { KeepProgress1763712040000 } from './1763712040000-keep-progress.js';
import { FieldConflicts1763712041000 } from './1763712041000-field-conflicts.js';
import { ChainAuditEntries1763712045000 } from './1763712045000-chain-audit-entries.js';
import { CreateApprovals1763712046000 } from './1763712046000-create-approvals.js';
import { CreatePeople1763712050000 } from './1763712050000-create-people.js';
import { CreateApiTokens1763712051000 } from './1763712051000-create-api-tokens.js';
import { TrustSpokes1763712054000 } from './1763712054000-trust-spokes.js';
import { HearLedgers1763712058000 } from './1763712058000-hear-ledgers.js';
import { KeepKeySets1763712062000 } from './1763712062000-keep-key-sets.js';
import { CreateLoginSessions1763712059000 } from './1763712059000-create-login-sessions.js';
import { CreateBreakGlasses1763712060000 } from './1763712060000-create-break-glasses.js';
import { LogOutByProvider1763712061000 } from './1763712061000-log-out-by-provider.js';
import { FindReleasesByChart1763712063000 } from './1763712063000-find-releases-by-chart.js';
import { CreateDeploymentHistory1763712073000 } from './1763712073000-create-deployment-history.js';
import { OweBackPorts1763712075000 } from './1763712075000-owe-back-ports.js';
import { CreateNotifications1763712076000 } from './1763712076000-create-notifications.js';
import { KeepEdits1763712077000 } from './1763712077000-keep-edits.js';
import { GuardAuditLinks1763712078000 } from './1763712078000-guard-audit-links.js';
import { KeepRollouts1763712081000 } from './1763712081000-keep-rollouts.js';
import { CreateWebhooks1763712082000 } from './1763712082000-create-webhooks.js';
import { NoteHotfixesTakenBack1763712087000 } from './1763712087000-note-hotfixes-taken-back.js';
import { KeepBreakGlassGrants1763712088000 } from './1763712088000-keep-break-glass-grants.js';
import { KeepAnswerHeaders1763712089000 } from './1763712089000-keep-answer-headers.js';
import { OpenBreakGlassForHotfixes1763712091000 } from './1763712091000-open-break-glass-for-hotfixes.js';
import { CloseUnusedBreakGlasses1763712098000 } from './1763712098000-close-unused-break-glasses.js';
import { CountBackupsAskedFor1763712099000 } from './1763712099000-count-backups-asked-for.js';

/** Every step of the schema, oldest first. The numbers in the names are their order. */
export const MIGRATIONS = [
  CreateCatalog1763712000000,
  CreateFleet1763712001000,
  CreatePlans1763712002000,
  CreateMessages1763712003000,
  CreateConstraints1763712004000,
  CreateRollbacks1763712005000,
  CreateRestraints1763712006000,
  CreateRuns1763712007000,
  CreateBackups1763712007500,
  CreateRecalls1763712008000,
  CreateScheduling1763712009000,
  CreateAnalytics1763712010000,
  CreateEvents1763712011000,
  ObserveRuns1763712013000,
  LookAtPendingPlans1763712014000,
  TellOfWork1763712015000,
  StandInLine1763712017000,
  AwaitSpokes1763712018000,
  KeepNotedViolations1763712019000,
  OneKindOfRollbackDemand1763712021000,
  RequireOfSpokes1763712029000,
  KeepPlaces1763712032000,
  LearnOfUnknownPlans1763712037000,
  AdoptReleases1763712039000,
  KeepProgress1763712040000,
  FieldConflicts1763712041000,
  ChainAuditEntries1763712045000,
  CreateApprovals1763712046000,
  CreatePeople1763712050000,
  CreateApiTokens1763712051000,
  TrustSpokes1763712054000,
  HearLedgers1763712058000,
  CreateLoginSessions1763712059000,
  CreateBreakGlasses1763712060000,
  LogOutByProvider1763712061000,
  KeepKeySets1763712062000,
  FindReleasesByChart1763712063000,
  CreateDeploymentHistory1763712073000,
  OweBackPorts1763712075000,
  CreateNotifications1763712076000,
  KeepEdits1763712077000,
  GuardAuditLinks1763712078000,
  KeepRollouts1763712081000,
  CreateWebhooks1763712082000,
  NoteHotfixesTakenBack1763712087000,
  KeepBreakGlassGrants1763712088000,
  KeepAnswerHeaders1763712089000,
  OpenBreakGlassForHotfixes1763712091000,
  CloseUnusedBreakGlasses1763712098000,
  CountBackupsAskedFor1763712099000,
] as const;
