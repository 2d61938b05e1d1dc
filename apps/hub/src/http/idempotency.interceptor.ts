import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Json } from '@apollo-deploy/kernel';
import {
  type Context,
  type IdempotencyRecord,
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
import { problemOf } from './problem.js';
import { Refused } from './refused.js';

type Kept = Omit<IdempotencyRecord, 'status' | 'body' | 'headers' | 'createdAt'>;

/** The headers that are part of an answer; the version of what is answered is in its body. */
const KEPT_HEADERS = ['Location', 'Preference-Applied'] as const;

/**
 * A POST with an `Idempotency-Key` that is repeated with the same content gets the recorded answer of
 * the first, with its status and `KEPT_HEADERS`, for as long as `AnswerRetention` keeps it; what has
 * become of a 202 since is at its `Location`. Only answers of requests that were carried
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
      const once = { key, requestDigest: digest, refusal: refusalOf(request) };
      request.principal = { ...request.principal, once };
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
      headers: headersOf(response),
      createdAt: this.context.clock.now().toISOString(),
    };
    const other = await this.context.store.transact(async (unit) => {
      const inserted = await unit.idempotency.insert(record);
      if (inserted.ok) return undefined;
      const stored = await unit.idempotency.get(kept.principal, kept.key);
      if (stored === undefined || isAnswer(stored)) return stored;
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
function deploymentUnderWay(stored: IdempotencyRecord, kept: Kept): string | undefined {
  if (isAnswer(stored) || stored.requestDigest !== kept.requestDigest) return undefined;
  const made = (stored.body as { readonly deployment?: Json }).deployment;
  return typeof made === 'string' ? made : undefined;
}

/** Whether it is what was answered; else its request has none yet, in whichever version's words. */
function isAnswer({ status }: IdempotencyRecord): boolean {
  return status >= 200 && status < 300;
}

/** What replicas of older versions, which know no deployments under way, tell a repetition. */
function refusalOf({ requestId }: HubRequest): Readonly<Record<string, Json>> {
  const { code, details } = inFlight();
  return JSON.parse(JSON.stringify(problemOf(code, details, requestId))) as Record<string, Json>;
}

function headersOf(response: Response): Readonly<Record<string, string>> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = response.getHeader(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
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
  if (!isAnswer(stored)) throw inFlight();
  for (const [name, value] of Object.entries(stored.headers ?? {})) response.setHeader(name, value);
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
