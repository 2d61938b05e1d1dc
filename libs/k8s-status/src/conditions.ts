import { countOf, fieldsAt, instantOf, itemsOf, textOf, type Fields } from './live-fields.js';

/** One entry of `status.conditions`, with what is missing filled in by neutral words. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since the epoch of the last update, or of the last transition; absent if unknown. */
  readonly updatedAt?: number;
  /** The generation of the specification it tells of; absent if it does not say. */
  readonly observedGeneration?: number;
}

/** The conditions in `status.conditions` that have a type and a status. */
export function conditionsOf(object: Fields): readonly Condition[] {
  return readConditions(fieldsAt(object, 'status')['conditions']);
}

/** Without those that say themselves that they tell of an older specification. */
export function currentConditions(object: Fields): readonly Condition[] {
  const generation = countOf(fieldsAt(object, 'metadata')['generation']) ?? 0;
  return conditionsOf(object).filter(
    ({ observedGeneration = generation }) => observedGeneration >= generation,
  );
}

/** Conditions from a list as the API, or an annotation holding JSON, carries them. */
export function readConditions(list: unknown): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const item of itemsOf(list)) {
    const type = textOf(item['type']);
    const status = textOf(item['status']);
    if (type === undefined || status === undefined) continue;
    const reason = textOf(item['reason']) ?? type;
    const message = textOf(item['message']) ?? `condition ${type} is ${status}`;
    const updatedAt = instantOf(item['lastUpdateTime']) ?? instantOf(item['lastTransitionTime']);
    const observedGeneration = countOf(item['observedGeneration']);
    conditions.push({
      type,
      status,
      reason,
      message,
      ...(updatedAt === undefined ? {} : { updatedAt }),
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
    });
  }
  return conditions;
}

/** The condition of that type, if the object has it. */
export function conditionOf(object: Fields, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

/** The condition of that type, if its status is `True`. */
export function trueCondition(object: Fields, type: string): Condition | undefined {
  return conditionsOf(object).find((c) => c.type === type && c.status === 'True');
}
