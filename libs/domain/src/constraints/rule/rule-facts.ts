import type { Version } from '../../catalog/version.js';

/** What a rule may ask about one plan. Absent labels read as the empty text. */
export interface RuleFacts {
  readonly planType: string;
  readonly entity: string;
  readonly product: string;
  readonly owner: string;
  readonly criticality: string;
  readonly environment: string;
  readonly tier: string;
  readonly spoke: string;
  readonly namespace: string;
  readonly strategy: string;
  /** `null` where nothing is or will be installed. */
  readonly fromVersion: Version | null;
  readonly toVersion: Version | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly healthy: boolean;
  readonly drifted: boolean;
}

type Read<T> = (facts: RuleFacts) => T;

/** Every fact a rule can name, by the type that decides which operators it has. */
export const RULE_FACTS = {
  text: {
    'plan.type': (facts) => facts.planType,
    'plan.strategy': (facts) => facts.strategy,
    'entity.name': (facts) => facts.entity,
    'entity.namespace': (facts) => facts.namespace,
    'product.name': (facts) => facts.product,
    'product.owner': (facts) => facts.owner,
    'product.criticality': (facts) => facts.criticality,
    'environment.name': (facts) => facts.environment,
    'environment.tier': (facts) => facts.tier,
    'spoke.name': (facts) => facts.spoke,
  } satisfies Record<string, Read<string>>,
  version: {
    'from.version': (facts) => facts.fromVersion,
    'to.version': (facts) => facts.toVersion,
  } satisfies Record<string, Read<Version | null>>,
  flag: {
    'reported.healthy': (facts) => facts.healthy,
    'reported.drifted': (facts) => facts.drifted,
  } satisfies Record<string, Read<boolean>>,
} as const;

/** A label of the entity is the text fact `entity.labels.KEY`. */
export const LABEL_PREFIX = 'entity.labels.';
