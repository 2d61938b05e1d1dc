import type { HelmReport, ReleaseRecord } from '@apollo-deploy/helm';
import { releaseDigest } from '@apollo-deploy/protocol';

/** Facts behind a verdict, for people. */
export type Evidence = Record<string, unknown>;

const TAIL_CHARACTERS = 2000;

/** What ran, what was repaired and what was found afterwards. */
export function evidenceOf(report: HelmReport): Evidence {
  return {
    ...headEvidence(report.head),
    ...(report.commands.length > 0 && {
      commands: report.commands.map(({ summary, exitCode, signal, timedOut, ...run }) => ({
        summary,
        exitCode,
        signal,
        timedOut,
        durationMs: run.endedAt.getTime() - run.startedAt.getTime(),
        ...(exitCode !== 0 && { stderr: run.stderrTail.slice(-TAIL_CHARACTERS) }),
      })),
    }),
    ...(report.repairs.length > 0 && { repairs: report.repairs }),
  };
}

export function headEvidence(head: ReleaseRecord | null): Evidence {
  if (head === null) return { head: null };
  const { revision, status, chartName, chartVersion, valuesDigest, manifestDigest } = head;
  return {
    head: {
      revision,
      status,
      chartName,
      chartVersion,
      valuesDigest,
      manifestDigest,
      secretUid: head.secretUid,
      releaseDigest: releaseDigest(head),
    },
  };
}
