import { conditionsOf, readConditions, type Condition } from '../conditions.js';
import type { KindRule } from '../kind-rule.js';
import { fieldsAt, textOf, type Fields } from '../live-fields.js';
import { degraded, healthy, progressing } from '../object-status.js';
import { existingIsEnough } from './existing-is-enough.js';

/** Of a condition that is not True: reasons that are no fault. Whatever else is said of it is one. */
const HARMLESS: Readonly<Record<string, ReadonlySet<string>>> = {
  AbleToScale: new Set(['BackoffBoth', 'BackoffDownscale', 'BackoffUpscale']),
  ScalingActive: new Set(['ScalingDisabled']),
};
const V1_CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';

/** Degraded while it cannot read its metrics or its target. Never terminal: metrics start late. */
export const horizontalPodAutoscalerStatus: KindRule = (object) => {
  const conditions = autoscalerConditions(object);
  const failure = conditions.find(isFailure);
  if (failure !== undefined) return degraded(failure.reason, toldOf(failure));
  const working = conditions.find(isWorking);
  if (working !== undefined) return healthy(working.reason, working.message);
  const [first] = conditions;
  return first === undefined
    ? progressing('AwaitingController', 'has not been evaluated by its controller yet')
    : progressing(first.reason, first.message);
};

function isFailure({ type, status, reason }: Condition): boolean {
  if (status === 'True' || !Object.hasOwn(HARMLESS, type)) return false;
  return HARMLESS[type]?.has(reason) !== true;
}

function toldOf({ type, reason, message }: Condition): string {
  if (type !== 'ScalingActive' || !reason.startsWith('FailedGet')) return message;
  const cure = existingIsEnough('HorizontalPodAutoscaler');
  return `${message}; if nothing here ever serves metrics, ${cure}`;
}

/** Between two scalings it is not able to scale, and nothing is wrong. */
function isWorking({ type, status }: Condition): boolean {
  return type === 'AbleToScale' || (type === 'ScalingLimited' && status === 'True');
}

/** `autoscaling/v1` has no conditions field; the API server keeps them as JSON in an annotation. */
function autoscalerConditions(object: Fields): readonly Condition[] {
  const inStatus = conditionsOf(object);
  if (inStatus.length > 0) return inStatus;
  const annotation = textOf(fieldsAt(object, 'metadata', 'annotations')[V1_CONDITIONS]);
  return annotation === undefined ? [] : readConditions(parsedOrNothing(annotation));
}

/** An annotation anybody may write: text that is no JSON says nothing about the autoscaler. */
function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
