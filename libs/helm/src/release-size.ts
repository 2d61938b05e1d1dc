import { gzipSync } from 'node:zlib';
import type { Json } from '@apollo-deploy/kernel';
import type { PreflightFinding } from './check-objects.js';
import type { HelmValues } from './helm-command.js';

/** What the API server takes as the data of one Secret. */
const LIMIT_BYTES = 1_048_576;
/** Of the limit; the rest is for what Helm writes when it fails. */
const BLOCKED_FROM = 0.95;

/** What a new revision would be made of. */
export interface RecordParts {
  readonly release: string;
  readonly namespace: string;
  readonly revision: number;
  /** What Helm keeps of the chart. */
  readonly chart: Json;
  readonly values: HelmValues;
  readonly manifest: string;
}

/** The bytes that the record of a revision takes of a Secret, as Helm packs it; within some 1 %. */
function recordBytes({ chart, values, manifest }: RecordParts): number {
  const payload = JSON.stringify({ chart, config: values, manifest });
  return Math.ceil(gzipSync(payload, { level: 9 }).length / 3) * 4;
}

/** A record that does not fit a Secret, or hardly; null where there is room. */
export function checkReleaseSize(parts: RecordParts): PreflightFinding | null {
  const bytes = recordBytes(parts);
  if (bytes < LIMIT_BYTES * BLOCKED_FROM) return null;
  const { release, namespace, revision } = parts;
  const name = `sh.helm.release.v1.${release}.v${String(revision)}`;
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace, name };
  const message = `the record of release ${release} would take ${String(bytes)} bytes, and a Secret holds ${String(LIMIT_BYTES)}; take large files out of the chart, or split it into several`;
  return { ref, code: 'helm/release_too_large', field: null, message, severity: 'blocking' };
}
