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
/** Hears of each node as it is read; of the whole document last. */
type Listener = (event: 'open' | 'close', state: { readonly result: unknown }) => void;

/** What Kubernetes takes for the name of an object at most. */
const LONGEST_NAME = 253;
/** And for a kind. */
const LONGEST_KIND = 63;
/** Of one document, counted once for each alias that stands for them: none that is meant has more. */
const MOST_VALUES = 1_000_000;

/**
 * Reads a manifest of YAML documents as far as their identity goes: kinds, names and labels are right,
 * but scalars such as `yes` or `0644` follow YAML 1.2 here and YAML 1.1 in the API server, so send the
 * text. Empty documents are left out. Where documents end, and what is a list, is as Helm has it.
 */
export async function manifestDocuments(
  manifest: string,
): Promise<Result<ManifestDocument[], ManifestRefusal>> {
  const { loadYaml } = await import('@kubernetes/client-node');
  const load: Loader = (yaml) => {
    let read: unknown;
    // What it answers lacks whatever its own version of Kubernetes has no name for.
    const listener: Listener = (event, { result }) => {
      if (event === 'close') read = result;
    };
    loadYaml(yaml, { json: true, listener });
    return read;
  };
  const documents: ManifestDocument[] = [];
  for (const yaml of manifest.split(/^---/m)) {
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
    if (hasMoreValuesThan(MOST_VALUES, value)) {
      return unreadable('its aliases stand for too much', yaml);
    }
    const objects = hasItems(value) ? itemsOf(value) : [value];
    if (!objects.every(isObject)) {
      return unreadable('it has no apiVersion, kind and name', yaml);
    }
    if (!objects.every(hasUsableNames)) {
      const limits = `${LONGEST_NAME} characters, or its kind than ${LONGEST_KIND}`;
      return unreadable(`its name or namespace is longer than ${limits}`, yaml);
    }
    return ok(objects.map((object) => ({ object, yaml: object === value ? yaml : null })));
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
  const { name, namespace } = fieldsOf(metadata);
  const isNamespace = namespace === undefined || namespace === null || isText(namespace);
  return typeof apiVersion === 'string' && isText(kind) && isText(name) && isNamespace;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function hasUsableNames({ kind, metadata }: KubeObject): boolean {
  const { name, namespace } = fieldsOf(metadata);
  const isUsable = (text: unknown): boolean =>
    typeof text !== 'string' || text.length <= LONGEST_NAME;
  return kind.length <= LONGEST_KIND && isUsable(name) && isUsable(namespace);
}

/** Aliases make a graph of a document, and whoever walks it walks each path. This one gives up. */
function hasMoreValuesThan(most: number, value: unknown): boolean {
  const open: unknown[] = [value];
  for (let count = 0; open.length > 0; count += 1) {
    if (count + open.length > most) return true;
    const next = open.pop();
    if (typeof next === 'object' && next !== null) {
      for (const member of Object.values(next)) open.push(member);
    }
  }
  return false;
}

interface List {
  readonly items: readonly unknown[];
}

/** Whatever its kind says: Helm creates the items of all that has some, and not what holds them. */
function hasItems(value: unknown): value is List {
  return Array.isArray(fieldsOf(value)['items']);
}

function itemsOf({ items }: List): readonly unknown[] {
  return items.flatMap((item) => (hasItems(item) ? itemsOf(item) : [item]));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
