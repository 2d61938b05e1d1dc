import type { Environment, Plan } from '@apollo-deploy/domain';

/** Where people start plans, those that restore what ran before go by themselves all the same. */
export function waitsForPerson(
  { execution }: Pick<Environment, 'execution'>,
  { type, planClass }: Pick<Plan, 'type' | 'planClass'>,
): boolean {
  return execution === 'manual' && planClass !== 'repair' && type !== 'rollback';
}
