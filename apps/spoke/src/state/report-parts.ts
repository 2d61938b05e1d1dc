import type { ObjectReport, ReleaseReport } from '@apollo-deploy/protocol';

/** Half a frame, so that a report of the greatest size and the rest of the message fit as well. */
const PART_BYTES = 480 * 1024;
const MOST_IN_PART = 2000;

/** Reports in order, in as many parts as frames need; one empty part if there is nothing. */
export function reportParts(
  reports: readonly ReleaseReport[],
): readonly (readonly ReleaseReport[])[] {
  const parts: ReleaseReport[][] = [[]];
  let bytes = 0;
  for (const report of reports.map(fitted)) {
    const size = sizeOf(report);
    const part = parts.at(-1);
    if (
      part === undefined ||
      (part.length > 0 && bytes + size > PART_BYTES) ||
      part.length >= MOST_IN_PART
    ) {
      parts.push([report]);
      bytes = size;
    } else {
      part.push(report);
      bytes += size;
    }
  }
  return parts;
}

/**
 * The report as it fits a frame with room for a verdict beside it: while it is too large, its largest
 * list loses a half, what is well first. A list that holds something keeps something.
 */
export function fitted(report: ReleaseReport): ReleaseReport {
  let cut = report;
  while (sizeOf(cut) > PART_BYTES) {
    const { pods, objects, drift } = cut;
    const [largest] = [
      { list: pods, halved: { pods: worseHalf(pods, ({ ready }) => ready) } },
      { list: objects, halved: { objects: worseHalf(objects, isHealthy) } },
      { list: drift, halved: { drift: worseHalf(drift, () => false) } },
    ]
      .filter(({ list }) => list.length > 1)
      .sort((a, b) => sizeOf(b.list) - sizeOf(a.list));
    if (largest === undefined) break;
    cut = { ...cut, ...largest.halved };
  }
  return cut;
}

function isHealthy({ health }: ObjectReport): boolean {
  return health === 'Healthy';
}

function worseHalf<T>(items: readonly T[], isWell: (item: T) => boolean): T[] {
  const worstFirst = [...items].sort((a, b) => Number(isWell(a)) - Number(isWell(b)));
  return worstFirst.slice(0, Math.ceil(items.length / 2));
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
