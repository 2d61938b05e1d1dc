import type { ReleaseReport } from '@apollo-deploy/protocol';

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

/** A report too large for a frame loses healthy pods first, then healthy objects. */
export function fitted(report: ReleaseReport): ReleaseReport {
  let cut = report;
  while (sizeOf(cut) > PART_BYTES && cut.pods.length > 0) {
    const pods = [...cut.pods].sort((a, b) => Number(a.ready) - Number(b.ready));
    cut = { ...cut, pods: pods.slice(0, Math.floor(pods.length / 2)) };
  }
  while (sizeOf(cut) > PART_BYTES && cut.objects.length > 0) {
    const objects = [...cut.objects].sort(
      (a, b) => Number(a.health === 'Healthy') - Number(b.health === 'Healthy'),
    );
    cut = { ...cut, objects: objects.slice(0, Math.floor(objects.length / 2)) };
  }
  return cut;
}

function sizeOf(report: ReleaseReport): number {
  return Buffer.byteLength(JSON.stringify(report));
}
