import { countOf, fieldsAt, itemsOf, textOf, type Fields } from './live-fields.js';
import { progressing, type ObjectStatus } from './object-status.js';

/** What a rule may know beside the object. All of it is optional. */
export interface StatusContext {
  /** The present. Without it, faults that have a grace period count as still within it. */
  readonly now?: Date;
  /** Evidence that Kubernetes dates before this instant is not held against the object. */
  readonly since?: Date;
  /** Rules by `kindKey`, asked before the built-in ones. */
  readonly rules?: Readonly<Record<string, KindRule>>;
}

/** How objects of one kind are judged. Total: any shape gets an answer, none throws. */
export type KindRule = (object: Fields, context: StatusContext) => ObjectStatus;

/** `Kind` in the core group, else `Kind.group`: `Pod`, `Deployment.apps`. Versions do not matter. */
export function kindKey(object: Fields): string {
  const kind = textOf(object['kind']) ?? '';
  const apiVersion = textOf(object['apiVersion']) ?? '';
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? kind : `${kind}.${apiVersion.slice(0, slash)}`;
}

/** True once somebody asked for the object to be deleted. */
export function isTerminating(object: Fields): boolean {
  const at = fieldsAt(object, 'metadata')['deletionTimestamp'];
  return at !== undefined && at !== null && at !== '';
}

/** True if a controller made the object and answers for it. */
export function hasController(object: Fields): boolean {
  const owners = itemsOf(fieldsAt(object, 'metadata')['ownerReferences']);
  return owners.some((owner) => owner['controller'] === true);
}

/** True if Kubernetes dates this before `since`; its timestamps have no fractions. */
export function isOlder(instant: number | undefined, { since }: StatusContext): boolean {
  if (since === undefined || instant === undefined) return false;
  return instant < Math.floor(since.getTime() / 1000) * 1000;
}

/**
 * Progressing while the controller has not yet seen the newest specification: until then the rest of
 * the status describes an older one. Undefined once it has.
 */
export function awaitingController(object: Fields): ObjectStatus | undefined {
  const generation = countOf(fieldsAt(object, 'metadata')['generation']) ?? 0;
  const observed = countOf(fieldsAt(object, 'status')['observedGeneration']) ?? 0;
  if (observed > 0 && observed >= generation) return undefined;
  return progressing(
    'AwaitingController',
    `generation ${generation} of the specification has not been observed by its controller yet` +
      ` (observed: ${observed === 0 ? 'none' : observed})`,
  );
}

/** `1 replica`, `2 replicas`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `2 of 3 replicas are available`. */
export function tally(count: number, desired: number, what: string): string {
  return `${count} of ${desired} ${what}`;
}
