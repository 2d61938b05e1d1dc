import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Json } from '@apollo-deploy/kernel';
import {
  type Context,
  type IdempotencyRecord,
  REQUEST_UNDER_WAY,
  RequestRepeated,
} from '@apollo-deploy/orchestration';
import type { Response } from 'express';
import { finalize, from, lastValueFrom, type Observable } from 'rxjs';
import type { HubRequest } from './hub-request.js';
import {
  IDEMPOTENCY_KEY,
  idempotencyKeyOf,
  requestDigest,
  SecretAnswer,
} from './idempotency-key.js';
import { Refused } from './refused.js';

type Kept = Omit<IdempotencyRecord, 'status' | 'body' | 'createdAt'>;

/**
 * A POST with an `Idempotency-Key` that is repeated with the same content gets the recorded answer of
 * the first, for as long as `AnswerRetention` keeps it. Only answers of requests that were carried
 * out are recorded: what was refused changed nothing and may be tried again.
 *
 * The record is a second transaction, after that of the use case, and which keys are under way is
 * known to this process only. So a repetition after a crash between effect and record, or at another
 * replica before the record is there, is carried out again, and the use case's own rule decides what
 * comes of it: a name is taken, a plan has moved, a token replaces the one before. Requests for
 * deployments, which wait long for their answer, keep themselves with what they make: their repetition
 * waits for the same deployment.
 */
export class IdempotencyInterceptor implements NestInterceptor {
  /** Under way in this process. */
  private readonly running = new Set<string>();

  constructor(
    private readonly reflector: Reflector,
    private readonly context: Context,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.switchToHttp().getRequest<HubRequest>();
    const response = execution.switchToHttp().getResponse<Response>();
    const key = request.method === 'POST' ? idempotencyKeyOf(request) : undefined;
    // Strangers have no keys of their own: what they may do is good once, or the same once more.
    if (key === undefined || request.principal === undefined) return next.handle();
    const principal = request.principal.name;
    const slot = JSON.stringify([principal, key]);
    if (this.running.has(slot)) throw inFlight();
    this.running.add(slot);
    const kept: Kept = { principal, key, requestDigest: requestDigest(request) };
    const secret =
      this.reflector.get<true | undefined>(SecretAnswer, execution.getHandler()) ?? false;
    return from(this.once(kept, secret, { request, response }, next)).pipe(
      finalize(() => this.running.delete(slot)),
    );
  }

  private async once(
    kept: Kept,
    secret: boolean,
    { request, response }: Exchange,
    next: CallHandler,
  ): Promise<unknown> {
    const { principal, key, requestDigest: digest } = kept;
    const stored = await this.context.store.transact((unit) =>
      unit.idempotency.get(principal, key),
    );
    const made = stored === undefined ? undefined : deploymentUnderWay(stored, kept);
    if (stored !== undefined && made === undefined) return answerAgain(stored, kept, response);
    if (made !== undefined) {
      request.underWay = made;
      response.setHeader('Idempotency-Replayed', 'true');
    } else if (request.principal !== undefined) {
      request.principal = { ...request.principal, once: { key, requestDigest: digest } };
    }
    const answer: unknown = await lastValueFrom(next.handle()).catch(unlessRepeated);
    // Whoever asked first may still be told its end.
    if (made !== undefined && response.statusCode === 202) return answer;
    return this.keep(kept, response, { answer, secret });
  }

  /** Another replica may have recorded an answer meanwhile; then that is the one. */
  private async keep(
    kept: Kept,
    response: Response,
    { answer, secret }: { readonly answer: unknown; readonly secret: boolean },
  ): Promise<unknown> {
    const record: IdempotencyRecord = {
      ...kept,
      status: response.statusCode,
      body: secret ? null : (JSON.parse(JSON.stringify(answer)) as Json),
      createdAt: this.context.clock.now().toISOString(),
    };
    const other = await this.context.store.transact(async (unit) => {
      const inserted = await unit.idempotency.insert(record);
      if (inserted.ok) return undefined;
      const stored = await unit.idempotency.get(kept.principal, kept.key);
      if (stored?.status !== REQUEST_UNDER_WAY) return stored;
      await unit.idempotency.put(record);
      return undefined;
    });
    return other === undefined ? answer : answerAgain(other, kept, response);
  }
}

interface Exchange {
  readonly request: HubRequest;
  readonly response: Response;
}

/** The deployment that exactly this request has made, while no answer to it is kept. */
function deploymentUnderWay(
  { status, requestDigest: digest, body }: IdempotencyRecord,
  kept: Kept,
): string | undefined {
  if (status !== REQUEST_UNDER_WAY || digest !== kept.requestDigest) return undefined;
  const made = (body as { readonly deployment?: Json }).deployment;
  return typeof made === 'string' ? made : undefined;
}

function unlessRepeated(error: unknown): never {
  throw error instanceof RequestRepeated ? inFlight() : error;
}

function answerAgain(stored: IdempotencyRecord, kept: Kept, response: Response): Json {
  if (stored.requestDigest !== kept.requestDigest) {
    throw new Refused('http/idempotency_mismatch', {
      detail: `${IDEMPOTENCY_KEY} ${kept.key} was used for another request; choose a new one`,
      field: IDEMPOTENCY_KEY,
    });
  }
  if (stored.body === null) {
    throw new Refused('http/idempotency_secret_answer', {
      detail: `the answer to ${IDEMPOTENCY_KEY} ${kept.key} held a secret and was shown once; send the request under a new key`,
      field: IDEMPOTENCY_KEY,
    });
  }
  response.status(stored.status).setHeader('Idempotency-Replayed', 'true');
  return stored.body;
}

function inFlight(): Refused {
  return new Refused('http/idempotency_in_flight', {
    detail: 'a request under this key is still running; ask again in a second',
    field: IDEMPOTENCY_KEY,
    retryAfterSeconds: 1,
  });
}
