import type { Json } from '@apollo-deploy/kernel';

/** Helm values. */
type Values = Readonly<Record<string, Json>>;

/** Strategies that a chart declares, as it carries them out by what its values say. */
export const DECLARED_STRATEGIES = ['blue_green', 'canary', 'immediate'] as const;
export type DeclaredStrategy = (typeof DECLARED_STRATEGIES)[number];

/** What a chart is told under `apollo.rollout` of its values while a strategy is under way. */
export interface RolloutValues {
  readonly strategy: DeclaredStrategy;
  /**
   * The version that the stable workload runs: what served before; at the handover, and where all is
   * replaced at once, the candidate.
   */
  readonly stable: string;
  /** The version that is brought, which is that of the chart. */
  readonly candidate: string;
  /** The candidate's share in percent, 0 to 100. */
  readonly weight: number;
}

/** What a deployment by a declared strategy has set at an entity, besides what people have. */
export interface Rollout {
  /** The id of the deployment that drives it. */
  readonly deployment: string;
  readonly strategy: DeclaredStrategy;
  /** It means something with this chart only. */
  readonly chartSha256: string;
  /** `null`: the last step, which leaves only the candidate and says nothing to the chart. */
  readonly values: RolloutValues | null;
  /** The plan of its first step, once that SUCCEEDED: what was agreed to with it covers the others. */
  readonly firstPlan?: string;
}

const PLACE = { group: 'apollo', name: 'rollout' } as const;

const merged = new WeakMap<object, Values>();

/**
 * The values of an entity as a plan with this chart carries them: with what its rollout says, in place
 * of whatever stands there, where the rollout is of that chart. The same object for the same entity.
 */
export function desiredValues(
  entity: { readonly values: Values; readonly rollout?: Rollout },
  chartSha256: string | undefined,
): Values {
  const { values, rollout } = entity;
  if (rollout?.values == null || rollout.chartSha256 !== chartSha256) return values;
  const known = merged.get(entity);
  if (known !== undefined) return known;
  const group = values[PLACE.group];
  const others = isMapping(group) ? group : {};
  const made = { ...values, [PLACE.group]: { ...others, [PLACE.name]: { ...rollout.values } } };
  merged.set(entity, made);
  return made;
}

/** What values say of a rollout; `undefined` = nothing that Apollo would have said. */
export function rolloutIn(values: Values): RolloutValues | undefined {
  const group = values[PLACE.group];
  const said = isMapping(group) ? group[PLACE.name] : undefined;
  if (!isMapping(said)) return undefined;
  const { strategy, stable, candidate, weight } = said;
  const declared = DECLARED_STRATEGIES.find((one) => one === strategy);
  if (declared === undefined || typeof weight !== 'number') return undefined;
  if (typeof stable !== 'string' || typeof candidate !== 'string') return undefined;
  return { strategy: declared, stable, candidate, weight };
}

/** Values without what is said of a rollout. */
export function withoutRollout(values: Values): Values {
  const { [PLACE.group]: group, ...rest } = values;
  if (!isMapping(group) || !(PLACE.name in group)) return values;
  const { [PLACE.name]: _, ...others } = group;
  return Object.keys(others).length === 0 ? rest : { ...rest, [PLACE.group]: others };
}

/** Whether people say something where only a deployment may. */
export function saysRollout(values: Values): boolean {
  return withoutRollout(values) !== values;
}

function isMapping(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
