import {
  type Deployment,
  type DeploymentStrategy,
  refusal,
  type Refusal,
  type Release,
} from '@apollo-deploy/domain';
import type { PlannedTargets } from './plan-targets.js';

/**
 * What a deployment lacks to follow its strategy; `undefined` = nothing. `immediate` is for hotfixes,
 * which go also where the chart does not declare it. A canary that the chart does not declare goes over
 * spokes, so there have to be two that can be reached.
 */
export function checkStrategy(
  {
    kind,
    strategy,
    service,
    environment,
  }: Pick<Deployment, 'kind' | 'strategy' | 'service' | 'environment'>,
  { version, strategies = [] }: Pick<Release, 'version' | 'strategies'>,
  { reachableSpokes }: Pick<PlannedTargets, 'reachableSpokes'>,
): Refusal | undefined {
  switch (strategy) {
    case 'rolling':
      return undefined;
    case 'immediate':
      return kind === 'hotfix'
        ? undefined
        : notDeclared('strategy immediate is for hotfixes; use rolling');
    case 'canary':
      return declares(strategies, strategy) || reachableSpokes > 1
        ? undefined
        : notDeclared(
            `${undeclared('canary', service, version)}; without that a canary goes from spoke to spoke, and only ${String(reachableSpokes)} of environment ${environment} can be reached: join another one there (POST /api/v1/join-tokens), or use rolling`,
          );
    case 'blue_green':
      return declares(strategies, strategy)
        ? undefined
        : notDeclared(`${undeclared('blue_green', service, version)}; use rolling`);
  }
}

function declares(declared: readonly DeploymentStrategy[], strategy: DeploymentStrategy): boolean {
  return declared.includes(strategy);
}

function undeclared(strategy: string, service: string, version: string): string {
  return `strategy ${strategy} needs a chart that declares it (annotation apollo/strategies in Chart.yaml), and the chart of ${service} ${version} does not`;
}

function notDeclared(detail: string): Refusal {
  return refusal('deployment/strategy_not_declared', detail, { field: 'strategy' });
}
