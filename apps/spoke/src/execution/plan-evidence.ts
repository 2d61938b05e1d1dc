import type { HelmReport, ReleaseRecord } from '@apollo-deploy/helm';
import { releaseDigest } from '@apollo-deploy/protocol';

/** Facts behind a verdict, for people. */
export type Evidence = Record<string, unknown>;

const TAIL_CHARACTERS = 2000;
/** A frame holds a verdict beside the report of its release, and a ledger entry holds many. */
const MOST_BYTES = 16 * 1024;

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

/**
 * The evidence in 16 KiB of JSON: the largest member loses the second half if it is a list, else it
 * is left out. `cut` then names the members this happened to.
 */
export function boundedEvidence(evidence: Evidence): Evidence {
  let bounded = evidence;
  const cut = new Set<string>();
  while (sizeOf(bounded) > MOST_BYTES) {
    const { cut: _, ...members } = bounded;
    const [largest] = Object.entries(members).sort(([, a], [, b]) => sizeOf(b) - sizeOf(a));
    if (largest === undefined) break;
    const [name, value] = largest;
    const { [name]: __, ...others } = members;
    const rest =
      Array.isArray(value) && value.length > 1
        ? { ...others, [name]: value.slice(0, Math.ceil(value.length / 2)) as unknown[] }
        : others;
    bounded = { ...rest, cut: [...cut.add(name)] };
  }
  return bounded;
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify([value]));
}
