import { jsonDigest, type Json } from '@apollo-deploy/kernel';
import type { KubeObject } from '@apollo-deploy/kube';

const NOT_ASKED_FOR = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * Identity of what a live object asks for: its fields without status and metadata. Another object in
 * its place has another digest. Its UID, which nobody tells, is in it, so that a password in a Secret
 * cannot be found by trying. Undefined for a Lease, which changes for as long as its holder lives.
 */
export function objectDigest(object: KubeObject): string | undefined {
  if (object.kind === 'Lease') return undefined;
  const asked = Object.fromEntries(
    Object.entries(object).filter(([field]) => !NOT_ASKED_FOR.has(field)),
  );
  return jsonDigest({ uid: object.metadata.uid ?? '', asked: asked as Record<string, Json> });
}
