import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Authority, environmentsFor } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Principal } from '@apollo-deploy/orchestration';
import type { HubRequest } from './hub-request.js';

/** The principal of the request. */
export const Caller = createParamDecorator((_: unknown, execution: ExecutionContext): Principal => {
  return principalOf(execution.switchToHttp().getRequest<HubRequest>());
});

/** What the principal of the request may do. */
export const May = createParamDecorator((_: unknown, execution: ExecutionContext): Authority => {
  return authorityOf(execution.switchToHttp().getRequest<HubRequest>());
});

/** The environments that the principal of the request sees, of which alone lists are; absent = all. */
export type SeenEnvironments = readonly string[] | undefined;
export const Seen = createParamDecorator(
  (_: unknown, execution: ExecutionContext): SeenEnvironments => {
    const authority = authorityOf(execution.switchToHttp().getRequest<HubRequest>());
    return environmentsFor(authority, 'view');
  },
);

function authorityOf({ authority }: HubRequest): Authority {
  if (authority === undefined) throw new InvariantViolation('a route without a permission asks');
  return authority;
}

/** Throws `InvariantViolation` where the route is open to anyone and there is no principal. */
function principalOf({ principal }: HubRequest): Principal {
  if (principal === undefined)
    throw new InvariantViolation('a route without principal asks for it');
  return principal;
}
