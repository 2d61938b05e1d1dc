import { gunzipSync, gzipSync } from 'node:zlib';
import { err, jsonDigest, ok, sha256Hex, type Json, type Result } from '@apollo-deploy/kernel';
import type { KubeObject } from '@apollo-deploy/kube';
import type { HelmValues } from './helm-command.js';
import {
  PLAN_LABEL,
  RELEASE_STATUSES,
  type ReleaseHook,
  type ReleaseRecord,
  type ReleaseRevision,
  type ReleaseStatus,
} from './release-record.js';

/** A release Secret that Helm did not write in a way this code knows. */
export interface UnreadableRelease {
  readonly code: 'release/unreadable';
  readonly secretName: string;
  readonly message: string;
}

/** The payload of a release Secret: Helm's own JSON, passed through where it is not understood. */
export type ReleasePayload = Readonly<Record<string, Json | undefined>>;

type Fields = Readonly<Record<string, unknown>>;

const SYSTEM_LABELS = ['owner', 'name', 'status', 'version', 'createdAt', 'modifiedAt'];
const LARGEST_PAYLOAD_BYTES = 64 * 1024 * 1024;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);

/** Reads the payload (base64 of base64 of gzipped JSON) of a release Secret. */
export function decodePayload(secret: KubeObject): Result<ReleasePayload, UnreadableRelease> {
  const data = asFields(secret['data'])['release'];
  if (typeof data !== 'string') return unreadable(secret, 'it has no "release" in its data');
  try {
    const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
    const zipped = packed.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
    const text = zipped ? gunzipSync(packed, { maxOutputLength: LARGEST_PAYLOAD_BYTES }) : packed;
    const payload: unknown = JSON.parse(text.toString('utf8'));
    return isFields(payload)
      ? ok(payload as ReleasePayload)
      : unreadable(secret, 'it is no object');
  } catch (cause) {
    return unreadable(secret, cause instanceof Error ? cause.message : String(cause));
  }
}

/** The inverse of `decodePayload`: what goes into `data.release`. */
export function encodePayload(payload: ReleasePayload): string {
  const inner = gzipSync(JSON.stringify(payload)).toString('base64');
  return Buffer.from(inner, 'latin1').toString('base64');
}

/** Reads one revision in full from its Secret. */
export function readRelease(secret: KubeObject): Result<ReleaseRecord, UnreadableRelease> {
  const decoded = decodePayload(secret);
  if (!decoded.ok) return decoded;
  const payload: Fields = decoded.value;
  const info = asFields(payload['info']);
  const chart = asFields(asFields(payload['chart'])['metadata']);
  const status = asStatus(info['status']);
  const revision = payload['version'];
  if (status === null) return unreadable(secret, `its status is ${JSON.stringify(info['status'])}`);
  if (!isRevision(revision)) return unreadable(secret, 'it has no revision number');
  const values = asFields(payload['config']) as HelmValues;
  const valuesDigest = digestOf(values);
  if (valuesDigest === null) {
    return unreadable(secret, 'its values are not JSON that can be told apart');
  }
  const manifest = asText(payload['manifest']);
  const planId = secret.metadata.labels?.[PLAN_LABEL];
  const rollbackRevision = info['rollback_revision'];
  const deletedAt = asText(info['deleted']);
  const definitions = readDefinitions(asFields(payload['chart'])['files']);
  return ok({
    name: asText(payload['name']),
    namespace: asText(payload['namespace']),
    revision,
    status,
    chartName: asText(chart['name']),
    chartVersion: asText(chart['version']),
    valuesDigest,
    manifestDigest: sha256Hex(manifest),
    ...identityOf(secret),
    labels: userLabels(secret),
    ...(planId !== undefined && { planId }),
    description: asText(info['description']),
    firstDeployed: asText(info['first_deployed']),
    lastDeployed: asText(info['last_deployed']),
    ...(deletedAt !== '' && { deletedAt }),
    ...(typeof rollbackRevision === 'number' && { rollbackRevision }),
    applyMethod: payload['apply_method'] === 'ssa' ? 'ssa' : 'csa',
    values,
    manifest,
    ...(definitions !== '' && { definitions }),
    hooks: readHooks(payload['hooks']),
  });
}

/** Reads what the metadata alone says about a revision; null if it is no release Secret. */
export function readRevision(secret: KubeObject): ReleaseRevision | null {
  const labels = secret.metadata.labels ?? {};
  const version = labels['version'] ?? '';
  const revision = Number(version);
  // Helm writes it in one way.
  if (!isRevision(revision) || String(revision) !== version) return null;
  return {
    revision,
    status: asStatus(labels['status']) ?? 'unknown',
    ...identityOf(secret),
    labels: userLabels(secret),
  };
}

/** The Secret with status and description replaced, in the payload and in the label alike. */
export function withStatus(
  secret: KubeObject,
  status: ReleaseStatus,
  description: string,
): Result<KubeObject, UnreadableRelease> {
  const decoded = decodePayload(secret);
  if (!decoded.ok) return decoded;
  const info = { ...(asFields(decoded.value['info']) as HelmValues), status, description };
  const labels = { ...secret.metadata.labels, status };
  return ok({
    ...secret,
    metadata: { ...secret.metadata, labels },
    data: {
      ...asFields(secret['data']),
      release: encodePayload({ ...decoded.value, info }),
    },
  });
}

/** The files that Helm takes for definitions; those of charts it depends on are not in the record. */
function readDefinitions(files: unknown): string {
  if (!Array.isArray(files)) return '';
  return files
    .filter(isFields)
    .filter(({ name }) => /^crds\/.*\.(ya?ml|json)$/.test(asText(name)))
    .map(({ data }) => Buffer.from(asText(data), 'base64').toString('utf8'))
    .join('\n---\n');
}

function readHooks(hooks: unknown): ReleaseHook[] {
  if (!Array.isArray(hooks)) return [];
  return hooks.filter(isFields).map((hook) => ({
    name: asText(hook['name']),
    kind: asText(hook['kind']),
    events: Array.isArray(hook['events']) ? hook['events'].map(asText) : [],
    manifest: asText(hook['manifest']),
  }));
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

/** Null for what canonical JSON cannot carry, as nobody but a stranger's hand writes it. */
function digestOf(values: HelmValues): string | null {
  try {
    return jsonDigest(values);
  } catch (error) {
    // Halves of characters, infinities, and nesting beyond the stack.
    if (error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
}

function identityOf({ metadata }: KubeObject): {
  readonly secretName: string;
  readonly secretUid: string;
  readonly resourceVersion: string;
} {
  return {
    secretName: metadata.name,
    secretUid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
  };
}

function userLabels({ metadata }: KubeObject): Record<string, string> {
  const labels = Object.entries(metadata.labels ?? {});
  return Object.fromEntries(labels.filter(([name]) => !SYSTEM_LABELS.includes(name)));
}

function unreadable(secret: KubeObject, why: string): Result<never, UnreadableRelease> {
  const secretName = secret.metadata.name;
  const message =
    `release Secret ${secretName} cannot be read: ${why}; look at it with ` +
    `"kubectl get secret ${secretName} -o yaml" and delete it if Helm cannot read it either`;
  return err({ code: 'release/unreadable', secretName, message });
}

function asStatus(value: unknown): ReleaseStatus | null {
  return RELEASE_STATUSES.find((status) => status === value) ?? null;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
