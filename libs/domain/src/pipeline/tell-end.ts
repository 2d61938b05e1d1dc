import type { Deployment } from './deployment.js';
import type { DeploymentEnd } from './deployment-lifecycle.js';

/**
 * How a deployment came out, in sentences for people: why it was asked for, and what is to be told of its entities.
 */
export function tellEnd({ reason, targets }: Deployment, status: DeploymentEnd): string {
  const told = targets.flatMap(({ entity, note }) =>
    note === undefined ? [] : `${entity}: ${note}`,
  );
  const came = told.length === 0 ? WORDS[status] : `${WORDS[status]}: ${told.join('; ')}`;
  return reason === undefined ? came : `${reason} (${came})`;
}

const WORDS: Readonly<Record<DeploymentEnd, string>> = {
  completed: 'completed',
  failed: 'failed',
  rolled_back: 'rolled back',
};
