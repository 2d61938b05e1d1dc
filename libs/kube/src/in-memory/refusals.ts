import { err, type Err } from '@apollo-deploy/kernel';
import { describeRef, type KubeRef } from '../kube-object.js';
import type { KubeCause, KubeRefusal, KubeRefusalCode } from '../kube-refusal.js';

/** There is no such object. */
export function notFound(ref: KubeRef): Err<KubeRefusal> {
  return refuse(ref, 'kube/not_found', 'not found');
}

/** The namespace that it is to be in does not exist. */
export function noNamespace(ref: KubeRef): Err<KubeRefusal> {
  return refuse(ref, 'kube/not_found', `namespaces "${ref.name}" not found`);
}

const STATUS = {
  'kube/not_found': { status: 404, reason: 'NotFound' },
  'kube/already_exists': { status: 409, reason: 'AlreadyExists' },
  'kube/version_conflict': { status: 409, reason: 'Conflict' },
  'kube/field_conflict': { status: 409, reason: 'Conflict' },
} as const satisfies Partial<Record<KubeRefusalCode, Pick<KubeRefusal, 'status' | 'reason'>>>;

/** A refusal with the status and reason that an API server gives it. */
export function refuse(
  ref: KubeRef,
  code: keyof typeof STATUS,
  what: string,
  causes: readonly KubeCause[] = [],
): Err<KubeRefusal> {
  return err({ code, ...STATUS[code], message: `${describeRef(ref)}: ${what}`, causes });
}
