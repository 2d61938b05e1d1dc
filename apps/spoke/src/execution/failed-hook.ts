import type { HelmReport, ReleaseRecord } from '@apollo-deploy/helm';
import { judgeRollout, type WorstObject } from '@apollo-deploy/k8s-status';
import {
  describeRef,
  KubeUnavailable,
  type KubeApi,
  type KubeObject,
  type KubeRef,
} from '@apollo-deploy/kube';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import { lastLogLines } from './last-log-lines.js';
import { boundedEvidence } from './plan-evidence.js';
import { POD } from './rollout-look.js';
import { cut } from './verdicts.js';

interface Collaborators {
  readonly kube: KubeApi;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The kinds of which Helm awaits the end. */
const AWAITED: Readonly<Record<string, string>> = { Job: 'batch/v1', Pod: 'v1' };

/**
 * The verdict with the hook that has not succeeded since `since`, its pod and the last log lines of
 * that: Helm says no more than that a hook failed or took too long. The verdict as it is where none can be found.
 */
export async function withFailedHook(
  tools: Collaborators,
  report: HelmReport,
  verdict: PlanVerdict,
  since: Date,
): Promise<PlanVerdict> {
  if (report.result !== 'broken' || !report.hooksMayHaveRun || report.head === null) return verdict;
  try {
    const hook = await failedHook(tools, report.head, since);
    if (hook === null) return verdict;
    const told = `${verdict.message}; hook ${describeRef(hook.ref)}: ${hook.message}`;
    const log = await lastLogLines(tools.kube, hook.pod);
    if (log === null) return { ...verdict, message: cut(told) };
    const evidence = boundedEvidence({ ...verdict.evidence, log });
    return { ...verdict, message: cut(`${told}:\n${log}`), evidence };
  } catch (error) {
    if (!(error instanceof KubeUnavailable)) throw error;
    tools.log.warn(
      { err: error },
      'nobody can tell which hook failed; the verdict goes without it',
    );
    return verdict;
  }
}

/** Of those that Helm left in the cluster, the worst that has not succeeded. */
async function failedHook(
  { kube, clock }: Collaborators,
  { hooks, namespace }: ReleaseRecord,
  startedAt: Date,
): Promise<WorstObject | null> {
  const objects: { ref: KubeRef; object: KubeObject }[] = [];
  for (const { kind, name } of hooks) {
    const apiVersion = AWAITED[kind];
    if (apiVersion === undefined) continue;
    const ref = { apiVersion, kind, namespace, name };
    const found = await kube.get(ref);
    if (found.ok) objects.push({ ref, object: found.value });
  }
  if (objects.length === 0) return null;
  const listed = await kube.list(POD, { namespace });
  const pods = listed.ok ? listed.value.items : [];
  const now = clock.now();
  return judgeRollout({ objects, pods, replicaSets: [], now, startedAt }).worst ?? null;
}
