import { parseJson } from '@apollo-deploy/kernel';
import type { KubeObject } from '@apollo-deploy/kube';
import { fieldsOf, itemsOf, textOf, type Fields } from '../state/fields.js';
import type { FieldPath, Scalar, Step } from './field-path.js';

/** How the items of a list are told apart. */
export type ListShape =
  | { readonly kind: 'atomic' }
  | { readonly kind: 'set' }
  | { readonly kind: 'map'; readonly keys: readonly string[] };

interface Manager {
  readonly name: string;
  readonly subresource: string | undefined;
  readonly fields: Fields;
}

/** Helm names itself after its program, controllers that run it after themselves. */
const HELM = /helm/i;
const CONTROLLERS = 'kube-controller-manager';

/**
 * Who set which field of a live object, as the API server keeps it in `metadata.managedFields`. A
 * field changes hands when somebody else changes it; what admission or defaulting make of a request
 * stays with who made the request.
 */
export class ManagedFields {
  private readonly managers: readonly Manager[];

  constructor({ metadata }: KubeObject) {
    this.managers = itemsOf(metadata['managedFields']).map((entry) => ({
      name: textOf(entry['manager']) ?? '',
      subresource: textOf(entry['subresource']),
      fields: fieldsOf(entry['fieldsV1']),
    }));
  }

  /** False where nothing tells what Helm set. */
  get knowsHelm(): boolean {
    return this.managers.some(isHelm);
  }

  /** True if Helm's word on this field is the last. */
  isHelms(path: FieldPath): boolean {
    return this.managers.some((manager) => isHelm(manager) && holds(manager.fields, path));
  }

  /** True if an autoscaler set it, through the scale subresource. */
  isScaled(path: FieldPath): boolean {
    return this.managers.some(
      ({ name, subresource, fields }) =>
        name === CONTROLLERS && subresource === 'scale' && holds(fields, path),
    );
  }

  /** Null where no manager's entry tells. */
  shapeOf(path: FieldPath): ListShape | null {
    for (const { fields } of this.managers) {
      const shape = shapeIn(descend(fields, path));
      if (shape !== null) return shape;
    }
    return null;
  }
}

function isHelm({ name, subresource }: Manager): boolean {
  return subresource === undefined && HELM.test(name);
}

/** A node without members owns all there is below it. */
function holds(fields: Fields, path: FieldPath): boolean {
  if (Object.keys(fields).length === 0) return false;
  let node: Fields = fields;
  for (const step of path) {
    if (Object.keys(node).length === 0) return true;
    const next = child(node, step);
    if (next === undefined) return false;
    node = next;
  }
  return true;
}

/** Undefined where the entry does not reach. */
function descend(fields: Fields, path: FieldPath): Fields | undefined {
  let node: Fields | undefined = fields;
  for (const step of path) node = node === undefined ? undefined : child(node, step);
  return node;
}

function child(node: Fields, step: Step): Fields | undefined {
  if ('field' in step) return memberOf(node, `f:${step.field}`);
  if ('item' in step) return memberOf(node, `v:${JSON.stringify(step.item)}`);
  if ('index' in step) return undefined;
  const named = Object.keys(node).find((name) => names(name, step.element));
  return named === undefined ? undefined : memberOf(node, named);
}

function memberOf(node: Fields, name: string): Fields | undefined {
  return name in node ? fieldsOf(node[name]) : undefined;
}

/** `k:{"name":"web"}`: where one side does not tell a key, the other may say anything. */
function names(name: string, element: Readonly<Record<string, Scalar>>): boolean {
  if (!name.startsWith('k:')) return false;
  return Object.entries(keysOf(name)).every(
    ([key, value]) => element[key] === undefined || element[key] === value,
  );
}

function shapeIn(node: Fields | undefined): ListShape | null {
  if (node === undefined) return null;
  const members = Object.keys(node);
  const item = members.find((name) => name.startsWith('k:'));
  if (item !== undefined) return { kind: 'map', keys: Object.keys(keysOf(item)) };
  if (members.some((name) => name.startsWith('v:'))) return { kind: 'set' };
  return members.length === 0 ? { kind: 'atomic' } : null;
}

function keysOf(name: string): Fields {
  return fieldsOf(parseJson(name.slice(2)));
}
