import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Context, Principal } from '@apollo-deploy/orchestration';
import type { Response } from 'express';
import { Door } from '../limits/door.js';
import type { RequestLimits } from '../limits/request-limits.js';
import { Access, type AccessRule } from './access.js';
import { authorise } from './authorise.js';
import type { HubRequest } from './hub-request.js';
import type { IdentifyPerson } from './identify-person.js';
import { accepted, Refused } from './refused.js';
import { spokeOf } from './spoke-credential.js';

/**
 * The one place where a request gets its principal, and where it ends if that may not do what it asks
 * for. Nothing is allowed by default: a route must say who may use it.
 */
export class AuthenticateGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly context: Context,
    private readonly people: IdentifyPerson,
    private readonly limits: Pick<RequestLimits, 'atDoor' | 'admit'>,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const route = [execution.getHandler(), execution.getClass()];
    const rule: AccessRule | undefined = this.reflector.getAllAndOverride(Access, route);
    const request = execution.switchToHttp().getRequest<HubRequest>();
    if (!isRule(rule)) {
      throw new Refused('http/forbidden', {
        detail: 'this route does not say who may use it, so nobody may',
      });
    }
    if (this.reflector.getAllAndOverride<true | undefined>(Door, route) === true) {
      this.limits.atDoor(request, execution.switchToHttp().getResponse<Response>());
    }
    if (rule === 'anyone') return true;
    if (rule === 'spokes') {
      request.principal = await this.spoke(request);
      this.limits.admit(request, request.principal);
      return true;
    }
    const { principal, authority, credentials } = await this.people.identify(request);
    this.limits.admit(request, { ...principal, credentials });
    if (rule !== 'known') await authorise(this.context, request, authority, rule);
    if (credentials !== undefined) request.standing = { person: principal.name, credentials };
    request.principal = principal;
    request.authority = authority;
    return true;
  }

  private async spoke(request: HubRequest): Promise<Principal> {
    const { spoke } = accepted(await spokeOf(this.context, request.headers.authorization));
    return { kind: 'spoke', name: spoke, roles: [], requestId: request.requestId };
  }
}

/** The types promise a rule for every route; a route that was never given one has none. */
function isRule(rule: AccessRule | undefined): rule is AccessRule {
  return rule !== undefined;
}
