import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Principal } from '@apollo-deploy/orchestration';
import type { HubRequest } from './hub-request.js';

/** The principal of the request. */
export const Caller = createParamDecorator((_: unknown, execution: ExecutionContext): Principal => {
  return principalOf(execution.switchToHttp().getRequest<HubRequest>());
});

/** Throws `InvariantViolation` where the route is open to anyone and there is no principal. */
export function principalOf({ principal }: HubRequest): Principal {
  if (principal === undefined)
    throw new InvariantViolation('a route without principal asks for it');
  return principal;
}
