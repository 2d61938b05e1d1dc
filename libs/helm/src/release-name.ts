import { err, ok, type Result } from '@apollo-deploy/kernel';

export interface NameRefusal {
  readonly code: 'release/bad_name' | 'release/bad_namespace' | 'release/bad_plan_id';
  readonly value: string;
  readonly message: string;
}

const MAX_RELEASE_NAME = 53;
const MAX_LABEL = 63;
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** A DNS-1123 label of at most 53 characters: room for the suffixes charts append. */
export function parseReleaseName(text: string): Result<string, NameRefusal> {
  if (text.length <= MAX_RELEASE_NAME && DNS_LABEL.test(text)) return ok(text);
  return refuse('release/bad_name', 'release name', MAX_RELEASE_NAME, text);
}

/** A DNS-1123 label of at most 63 characters, as Kubernetes wants namespaces. */
export function parseNamespace(text: string): Result<string, NameRefusal> {
  if (text.length <= MAX_LABEL && DNS_LABEL.test(text)) return ok(text);
  return refuse('release/bad_namespace', 'namespace', MAX_LABEL, text);
}

/** A plan id that fits into a Kubernetes label. */
export function parsePlanLabel(text: string): Result<string, NameRefusal> {
  if (text.length <= MAX_LABEL && LABEL_VALUE.test(text)) return ok(text);
  const message =
    `plan id ${JSON.stringify(text.slice(0, 80))} does not fit into a label; use 1 to ` +
    `${String(MAX_LABEL)} letters, digits, '-', '_' or '.', beginning and ending with a letter or digit`;
  return err({ code: 'release/bad_plan_id', value: text, message });
}

function refuse(
  code: NameRefusal['code'],
  what: string,
  max: number,
  value: string,
): Result<string, NameRefusal> {
  const message =
    `${what} ${JSON.stringify(value.slice(0, 80))} is not usable; use 1 to ${String(max)} ` +
    "lowercase letters, digits or '-', beginning and ending with a letter or digit";
  return err({ code, value, message });
}
