import { createHash } from 'node:crypto';
import type { KubeObject } from '@apollo-deploy/kube';
import { fieldsOf, textOf, type Fields } from '../state/fields.js';
import { parsePathPattern, type PathPattern } from './path-pattern.js';

/** On an object of a chart: fields that others may write, by commas: `spec.replicas, data["a.conf"]`. */
const IGNORE = 'apollo.dev/ignore-drift';
const META = ['labels', 'annotations', 'finalizers'] as const;
const NOT_COMPARED = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** What a release's manifest says of one object. */
export interface ExpectedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly fields: Fields;
  /** Fields that the chart leaves to others. */
  readonly ignored: readonly PathPattern[];
  /** An autoscaler of the release sets its replicas. */
  readonly autoscaled: boolean;
}

/** The part of a manifest's object that is compared. Of Secrets it holds digests only. */
export function expectedObject(
  object: KubeObject,
  { autoscaled }: Pick<ExpectedObject, 'autoscaled'>,
): ExpectedObject {
  const { apiVersion, kind } = object;
  const marked = textOf(object.metadata.annotations?.[IGNORE]) ?? '';
  return {
    ...{ apiVersion, kind, fields: comparedFields(object), autoscaled },
    ignored: marked
      .split(',')
      .map((path) => parsePathPattern(path.trim()))
      .filter((pattern) => pattern !== null),
  };
}

/** The fields of an object, expected or live, as they are compared. */
export function comparedFields(object: KubeObject): Fields {
  const metadata = Object.fromEntries(
    META.filter((name) => object.metadata[name] !== undefined).map((name) => [
      name,
      object.metadata[name],
    ]),
  );
  const rest = Object.entries(object).filter(([name]) => !NOT_COMPARED.has(name));
  const fields = { metadata, ...Object.fromEntries(rest) };
  return object.kind === 'Secret' && object.apiVersion === 'v1' ? digested(fields) : fields;
}

/** Nobody needs the content of a Secret to see that it changed. */
function digested({ data, stringData, ...rest }: Fields): Fields {
  const encoded = mapTexts(data, (text) => digest(Buffer.from(text, 'base64')));
  const plain = mapTexts(stringData, (text) => digest(Buffer.from(text)));
  const all = { ...encoded, ...plain };
  return Object.keys(all).length === 0 ? rest : { ...rest, data: all };
}

function mapTexts(value: unknown, map: (text: string) => string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).flatMap(([name, text]) =>
      typeof text === 'string' ? [[name, map(text)]] : [],
    ),
  );
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
