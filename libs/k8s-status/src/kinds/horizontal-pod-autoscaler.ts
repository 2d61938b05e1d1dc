import { conditionsOf, readConditions, type Condition } from '../conditions.js';
import type { KindRule } from '../kind-rule.js';
import { fieldsAt, textOf, type Fields } from '../live-fields.js';
import { degraded, healthy, progressing } from '../object-status.js';

const FAILURES: Readonly<Record<string, ReadonlySet<string>>> = {
  AbleToScale: new Set(['FailedGetScale', 'FailedUpdateScale']),
  ScalingActive: new Set([
    'FailedGetResourceMetric',
    'FailedGetContainerResourceMetric',
    'FailedGetObjectMetric',
    'FailedGetPodsMetric',
    'FailedGetExternalMetric',
    'FailedComputeMetricsReplicas',
    'InvalidSelector',
  ]),
};
const V1_CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';

/** Degraded while it cannot read its metrics or its target. Never terminal: metrics start late. */
export const horizontalPodAutoscalerStatus: KindRule = (object) => {
  const conditions = autoscalerConditions(object);
  const failure = conditions.find(isFailure);
  if (failure !== undefined) return degraded(failure.reason, failure.message);
  const working = conditions.find(
    (c) => c.status === 'True' && (c.type === 'AbleToScale' || c.type === 'ScalingLimited'),
  );
  return working === undefined
    ? progressing('AwaitingController', 'has not been evaluated by its controller yet')
    : healthy(working.reason, working.message);
};

function isFailure({ type, status, reason }: Condition): boolean {
  return status !== 'True' && Object.hasOwn(FAILURES, type) && FAILURES[type]?.has(reason) === true;
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
