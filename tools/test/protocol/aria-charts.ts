import { configMapChart, type ScriptedChart } from '@apollo-deploy/helm/testing';
import { sha256Hex } from '@apollo-deploy/kernel';
import type { NewRelease } from '@apollo-deploy/orchestration';

/** The versions of `aria` that the spoke can run; the API server takes no object of 1.2.0. */
const CHARTS: readonly ScriptedChart[] = [
  configMapChart({ name: 'aria', version: '1.0.0' }),
  configMapChart({ name: 'aria', version: '1.1.0' }),
  configMapChart({ name: 'aria', version: '1.2.0', invalid: true }),
  configMapChart({ name: 'aria', version: '1.3.0' }),
];

/** What the hub stores as the chart of this version. */
export function ariaChart(version: string): Required<Pick<NewRelease, 'chart' | 'bytes'>> {
  const bytes = Buffer.from(`chart of aria ${version}`);
  const sha256 = sha256Hex(bytes);
  return { chart: { name: 'aria', version, sha256, size: bytes.length }, bytes };
}

/** The charts that a spoke can fetch, by SHA-256. */
export function ariaCharts(): ReadonlyMap<string, ScriptedChart> {
  return new Map(CHARTS.map((chart) => [ariaChart(chart.version).chart.sha256, chart]));
}
