export {
  HelmChartOperator,
  type OperateOptions,
  type OperatorCollaborators,
  type OperatorPhase,
} from './helm-chart-operator.js';
export type {
  HelmCommand,
  HelmInstall,
  HelmRender,
  HelmRollback,
  HelmUninstall,
  HelmUpgrade,
  HelmValues,
} from './helm-command.js';
export {
  HELM_REFUSAL_CODES,
  type CommandTrace,
  type HelmRefusalCode,
  type HelmObservations,
  type HelmReport,
  type HelmVerdict,
  type RepairTrace,
} from './helm-report.js';
export {
  HelmUnavailable,
  type HelmRun,
  type HelmRunner,
  type HelmRunOptions,
  type RenderRefusal,
} from './helm-runner.js';
export {
  formatHelmVersion,
  OLDEST_SUPPORTED_HELM,
  parseHelmVersion,
  type HelmVersion,
  type HelmVersionRefusal,
} from './helm-version.js';
export { isLabelledBy } from './label-origin.js';
export {
  parseNamespace,
  parsePlanLabel,
  parseReleaseName,
  type NameRefusal,
} from './release-name.js';
export type {
  ChartArchive,
  ConfigUpdateOperation,
  InstallOperation,
  ReleaseBase,
  ReleaseOperation,
  RollbackOperation,
  UninstallOperation,
  UpgradeOperation,
} from './release-operation.js';
export {
  PLAN_LABEL,
  RELEASE_STATUSES,
  type ReleaseHook,
  type ReleaseRecord,
  type ReleaseRevision,
  type ReleaseStatus,
} from './release-record.js';
export {
  headOf,
  historyOf,
  isManaged,
  underlyingState,
  type LockedBy,
  type ManagedState,
  type ReleaseState,
} from './release-state.js';
export { detectHelm, findDeathSignal } from './detect-helm.js';
export { HelmCliRunner, type HelmCliOptions } from './helm-cli-runner.js';
export { observeRelease } from './observe-release.js';
export { RELEASE_SECRET_KIND, ReleaseReader } from './release-reader.js';
export { readRelease, readRevision, type UnreadableRelease } from './release-codec.js';
export { isPlanRevision, rollbackDescription } from './release-operation.js';
export { runsHooks } from './hooks-of-verb.js';
export { isRemovedBy } from './removal-mark.js';
export { removalWasInterrupted, wasInterrupted } from './repair-release.js';
export { preflight, type PreflightSubject } from './preflight.js';
export type { PreflightFinding, PreflightReport } from './check-objects.js';
export {
  InProcessHelm,
  type InProcessChart,
  type InProcessHelmOptions,
} from './in-process/in-process-helm.js';
