export {
  describeHelmRunner,
  type ContractChart,
  type HelmRunnerUnderTest,
} from './helm-runner.contract.js';
export { packChart, type ChartSource } from './testing/chart-folder.js';
export { configMapChart } from './testing/config-map-chart.js';
export { HelmClusterBench, type HelmBench } from './testing/helm-cluster-bench.js';
export {
  ScriptedHelmRunner,
  type ScriptedChart,
  type ScriptedFate,
} from './testing/scripted-helm-runner.js';
export { isProvenDead } from './helm-chart-operator.js';
export { nextAction } from './next-action.js';
export { rollbackDescription, type ReleaseAsk } from './release-operation.js';
export { inZone, removalOffset } from './removal-mark.js';
export { releaseState } from './release-state.js';
export { reportAfterRun } from './report-after-run.js';
