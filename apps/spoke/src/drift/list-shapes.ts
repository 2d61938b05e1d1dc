import type { FieldPath } from './field-path.js';
import { lastField } from './field-path.js';
import type { ListShape } from './managed-fields.js';

/** Lists of built-in kinds whose items have a key; all other lists are one value. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  webhooks: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
};
const SETS = new Set(['finalizers']);
/** Every built-in group that is not one word, or two with this ending, is somebody's own. */
const BUILT_IN = /^(?:[a-z]+\/)?v\d\w*$|\.k8s\.io\/v\d\w*$/;
const ATOMIC: ListShape = { kind: 'atomic' };

/** How the API server tells the items of this list apart, as far as its kind alone says. */
export function listShape(apiVersion: string, kind: string, path: FieldPath): ListShape {
  if (!BUILT_IN.test(apiVersion)) return ATOMIC;
  const field = lastField(path);
  if (field === undefined) return ATOMIC;
  if (SETS.has(field)) return { kind: 'set' };
  if (field === 'ports') return portShape(kind, path);
  const keys = KEYS[field];
  return keys === undefined ? ATOMIC : { kind: 'map', keys };
}

function portShape(kind: string, path: FieldPath): ListShape {
  if (kind === 'Service') return { kind: 'map', keys: ['port', 'protocol'] };
  const list = path.at(-2);
  const ofContainer = list !== undefined && 'element' in list;
  return ofContainer ? { kind: 'map', keys: ['containerPort', 'protocol'] } : ATOMIC;
}
