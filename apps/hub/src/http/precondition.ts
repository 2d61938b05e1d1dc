import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import { refuseConditions, seenBy, versionThatIsThere } from './etag.js';
import type { HubRequest } from './hub-request.js';
import { refusals } from './refusals.js';

/** Marks a handler that keeps the condition of its request. */
const KeepsCondition = Reflector.createDecorator<true>();

/** Describes the header of the handler of a parameter, and lets the handler have it. */
const takesIfMatch: ParameterDecorator = (controller, name) => {
  const handler =
    name === undefined ? undefined : Object.getOwnPropertyDescriptor(controller, name);
  if (name === undefined || handler === undefined) return;
  const description = 'The ETag that you have seen; another version is answered with 412.';
  const header = ApiHeader({ name: 'If-Match', required: false, description });
  const changed = refusals(['catalog/version_conflict']);
  applyDecorators(KeepsCondition(true), header, changed)(controller, name, handler);
};

/**
 * The version that the caller saw of what is changed or taken away, and so has to be there; absent =
 * whatever is stored. The handler is described with the header.
 */
export type SeenVersion = number | undefined;
export const IfMatch = createParamDecorator(
  (_: unknown, execution: ExecutionContext): SeenVersion =>
    versionThatIsThere(requestOf(execution)),
  [takesIfMatch],
);

/** As `IfMatch`, for what may be made by the same request: version 0 stands for "only if there is none". */
export type Precondition = ReturnType<typeof seenBy>;
export const IfMatchOrNone = createParamDecorator(
  (_: unknown, execution: ExecutionContext): Precondition => seenBy(requestOf(execution)),
  [takesIfMatch],
);

const CHANGES = ['PUT', 'PATCH', 'DELETE'];

/**
 * Ends a conditional request for a change that no version can be compared for, that is, where the handler
 * has neither `IfMatch` nor `IfMatchOrNone`: doing it all the same would do harm.
 */
export class PreconditionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(execution: ExecutionContext): boolean {
    const keeps = this.reflector.get<true | undefined>(KeepsCondition, execution.getHandler());
    const request = requestOf(execution);
    if (keeps !== true && CHANGES.includes(request.method)) refuseConditions(request);
    return true;
  }
}

function requestOf(execution: ExecutionContext): HubRequest {
  return execution.switchToHttp().getRequest<HubRequest>();
}
