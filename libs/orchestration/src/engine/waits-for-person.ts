import { type Environment, goesByItself, type Plan } from '@apollo-deploy/domain';

/** Where people start plans, those that restore what ran before go by themselves all the same. */
export function waitsForPerson(
  { execution }: Pick<Environment, 'execution'>,
  plan: Pick<Plan, 'type' | 'planClass'>,
): boolean {
  return execution === 'manual' && !goesByItself(plan);
}
