import type { PlanContent } from './plan.js';
import { contentOf, valuesOf } from './plan-content.js';
import type { EntityFacts, Proposal, ProposedPlan } from './proposal.js';

/** What a plan would bring that changed nothing. */
export interface RunningContent extends Pick<ProposedPlan, 'values'> {
  readonly content: PlanContent;
}

/** What runs, where a proposal says that it is exactly what should; `facts` are what it came from. */
export function runningContent(facts: EntityFacts, proposal: Proposal): RunningContent | undefined {
  if (proposal.kind !== 'nothing' || proposal.code !== 'up_to_date') return undefined;
  const { target, restraints } = proposal;
  const release = facts.reported?.release;
  if (target.kind !== 'release' || release == null) return undefined;
  const { entity, product } = facts;
  const { hold } = restraints.inForce;
  const inForce = { entity, product, ...(hold !== undefined && { hold }) };
  const step = { type: 'config_update', target: target.release, reported: release } as const;
  return { content: contentOf(inForce, step), values: valuesOf(inForce, target.release) };
}
