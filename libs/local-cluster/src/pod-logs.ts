import { writeFile } from 'node:fs/promises';
import type { ClusterFiles } from './cluster-files.js';

const CURRENT = [
  'stdout F starting',
  'stdout F configuration read',
  'stdout F this container is simulated: its log is the same in every pod of this cluster',
];
const PREVIOUS = [
  'stdout F starting',
  'stdout F configuration read',
  'stderr F fatal: required setting "database.url" is empty',
  'stderr F exiting with code 1',
];

/** Lets the API server serve a log for every container: one text, and another for `--previous`. */
export async function writePodLogs(files: ClusterFiles, now: Date): Promise<void> {
  await writeFile(files.podLog, stamped(CURRENT, now));
  await writeFile(files.previousPodLog, stamped(PREVIOUS, now));
  await writeFile(files.podLogRules, podLogRules(files));
}

/** The rule that points kwok at the two files. JSON is YAML. */
function podLogRules(files: ClusterFiles): string {
  return JSON.stringify({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'every-pod' },
    spec: { logs: [{ logsFile: files.podLog, previousLogsFile: files.previousPodLog }] },
  });
}

/** The format that container runtimes write: an instant in nanoseconds, the stream, the line. */
function stamped(lines: readonly string[], now: Date): string {
  const instant = now.toISOString().replace('Z', '000000Z');
  return lines.map((line) => `${instant} ${line}\n`).join('');
}
