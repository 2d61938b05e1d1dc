import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { type Observable, tap } from 'rxjs';
import { etagOf } from './etag.js';

/** What can change, and says how often it did. */
export interface Versioned {
  readonly version: number;
}

/** Marks a handler that answers one thing with its version. */
export const AnswersVersioned = Reflector.createDecorator<true>();

/** Sends the version of the one thing that is answered as its ETag; repeated answers keep theirs. */
export class EtagInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const versioned = this.reflector.get<true | undefined>(
      AnswersVersioned,
      execution.getHandler(),
    );
    if (versioned !== true) return next.handle();
    const response = execution.switchToHttp().getResponse<Response>();
    return (next as CallHandler<Versioned>).handle().pipe(
      tap(({ version }) => {
        response.setHeader('ETag', etagOf(version));
      }),
    );
  }
}
