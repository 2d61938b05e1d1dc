import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { KubeObject } from './kube-object.js';

/** One object of a manifest, and the text it was written as. */
export interface ManifestDocument {
  readonly object: KubeObject;
  /** Null for an item of a `List`, which has no text of its own. */
  readonly yaml: string | null;
}

export interface ManifestRefusal {
  readonly code: 'manifest/unreadable';
  readonly message: string;
}

type Loader = (yaml: string) => unknown;

/**
 * Reads a manifest of YAML documents as far as their identity goes: kinds, names and labels are right,
 * but scalars such as `yes` or `0644` follow YAML 1.2 here and YAML 1.1 in the API server, so send the
 * text. Empty documents are left out.
 */
export async function manifestDocuments(
  manifest: string,
): Promise<Result<ManifestDocument[], ManifestRefusal>> {
  const { loadYaml } = await import('@kubernetes/client-node');
  const load: Loader = (yaml) => loadYaml(yaml, { json: true });
  const documents: ManifestDocument[] = [];
  for (const yaml of manifest.split(/^---(?=\s|$)/m)) {
    if (isBlank(yaml)) continue;
    const read = readDocument(yaml, load);
    if (!read.ok) return read;
    documents.push(...read.value);
  }
  return ok(documents);
}

function readDocument(yaml: string, load: Loader): Result<ManifestDocument[], ManifestRefusal> {
  try {
    const value = load(yaml);
    if (isObject(value)) return ok([{ object: value, yaml }]);
    if (isList(value) && value.items.every(isObject)) {
      return ok(value.items.map((object) => ({ object, yaml: null })));
    }
    return unreadable('it has no apiVersion, kind and name', yaml);
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error), yaml);
  }
}

function unreadable(why: string, yaml: string): Result<never, ManifestRefusal> {
  const message = `a document of the manifest is no Kubernetes object: ${why}; it begins with ${JSON.stringify(yaml.trim().slice(0, 200))}`;
  return err({ code: 'manifest/unreadable', message });
}

function isBlank(yaml: string): boolean {
  return yaml.split('\n').every((line) => /^\s*(#.*)?$/.test(line));
}

function isObject(value: unknown): value is KubeObject {
  const { apiVersion, kind, metadata } = fieldsOf(value);
  const { name } = fieldsOf(metadata);
  return typeof apiVersion === 'string' && typeof kind === 'string' && name !== undefined;
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  const { kind, items } = fieldsOf(value);
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
