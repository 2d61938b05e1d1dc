import { sumQuantities } from '@apollo-deploy/kube';
import type { PodReport, ReleaseResources } from '@apollo-deploy/protocol';

type Quantities = PodReport['requests'];

const LONGEST_QUANTITY = 64;
const ENDED = ['Succeeded', 'Failed'];

/**
 * What the pods of a release ask for, may have and use, together; pods that have ended count no more.
 * `usage` is absent where none is measured, and `measuredPods` says of how many it is the sum.
 */
export function releaseResources(pods: readonly PodReport[]): ReleaseResources {
  const alive = pods.filter(({ phase }) => !ENDED.includes(phase));
  const measured = alive.flatMap(({ usage }) => (usage === undefined ? [] : [usage]));
  return {
    requests: sum(alive.map(({ requests }) => requests)),
    limits: sum(alive.map(({ limits }) => limits)),
    ...(measured.length > 0 && { usage: sum(measured) }),
    ...{ pods: alive.length, measuredPods: measured.length },
  };
}

/** A resource whose amounts cannot all be read is left out. */
function sum(parts: readonly Quantities[]): Quantities {
  const resources = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries(
    [...resources].sort().flatMap((resource) => {
      const total = sumQuantities(parts.flatMap((part) => part[resource] ?? []));
      return total === null || total.length > LONGEST_QUANTITY ? [] : [[resource, total]];
    }),
  );
}
