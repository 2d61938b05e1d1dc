import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { authenticateSpoke, type Context, type Principal } from '@apollo-deploy/orchestration';
import { Access } from './access.js';
import type { HubRequest } from './hub-request.js';
import { accepted, Refused } from './refused.js';

/** Who acts where nobody has to log in. */
const LOCAL_PERSON = 'dev-operator';

/**
 * The one place where a request gets its principal. Nothing is allowed by default: a route must say
 * who may use it. On this machine a request without credentials acts as `dev-operator`; credentials
 * that are not known are refused, never ignored.
 */
export class AuthenticateGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly context: Context,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride(Access, [
      execution.getHandler(),
      execution.getClass(),
    ]);
    const request = execution.switchToHttp().getRequest<HubRequest>();
    switch (rule) {
      case 'anyone':
        return true;
      case 'people':
        request.principal = person(request);
        return true;
      case 'spokes':
        request.principal = await this.spoke(request);
        return true;
      default:
        throw new Refused('http/forbidden', {
          detail: 'this route does not say who may use it, so nobody may',
        });
    }
  }

  private async spoke(request: HubRequest): Promise<Principal> {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
    const { spoke } = accepted(await authenticateSpoke(this.context, token ?? ''));
    return { kind: 'spoke', name: spoke, roles: [], requestId: request.requestId };
  }
}

function person({ headers, requestId }: HubRequest): Principal {
  if (headers.authorization !== undefined) {
    throw new Refused('http/unauthenticated', {
      detail: 'the credentials are not known to this hub; leave the Authorization header out',
      field: 'Authorization',
    });
  }
  return { kind: 'person', name: LOCAL_PERSON, roles: ['operator'], requestId };
}
