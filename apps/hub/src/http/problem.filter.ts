import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
} from '@nestjs/common';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import type { Response } from 'express';
import type { HubRequest } from './hub-request.js';
import { problemOf } from './problem.js';
import { Refused } from './refused.js';

const RETRY_AFTER_SECONDS = 2;

/** Turns whatever ends a request early into problem JSON. The only place that does. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  /** `methodsAt` says which methods the hub serves at a path. */
  constructor(private readonly methodsAt: (path: string) => readonly string[]) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HubRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const { code, details } = this.refusalOf(error, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const problem = problemOf(code, details, request.requestId);
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (details.retryAfterSeconds !== undefined) {
      response.setHeader('Retry-After', String(details.retryAfterSeconds));
    }
    if (details.allow !== undefined) response.setHeader('Allow', details.allow.join(', '));
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private refusalOf(error: unknown, request: HubRequest): Refused {
    if (error instanceof Refused) return error;
    if (error instanceof StoreUnavailable) {
      this.logger.warn(error);
      return new Refused('http/unavailable', {
        detail: 'the store does not answer; nothing is known to have changed, try again later',
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    if (error instanceof HttpException && error.getStatus() === 404) return this.noRoute(request);
    if (error instanceof HttpException && error.getStatus() < 500) {
      return new Refused('http/invalid_request', { detail: error.message });
    }
    this.logger.error({ err: error, requestId: request.requestId });
    return new Refused('http/internal', {
      detail: `the hub failed; its log has the cause under request ${request.requestId}`,
    });
  }

  private noRoute({ method, path }: HubRequest): Refused {
    const allow = this.methodsAt(path);
    if (allow.length === 0) {
      return new Refused('http/route_not_found', {
        detail: `there is no ${method} ${path}; the routes are listed at /api/docs`,
      });
    }
    return new Refused('http/method_not_allowed', {
      detail: `${path} has no ${method}; accepted are ${allow.join(', ')}`,
      allow,
    });
  }
}
