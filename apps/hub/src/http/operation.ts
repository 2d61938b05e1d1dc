import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { Access, type AccessRule } from './access.js';
import { ANSWERS_KEPT_HOURS } from './answer-retention.js';
import { AnswersVersioned, type Versioned } from './etag.interceptor.js';
import { IDEMPOTENCY_KEY } from './idempotency-key.js';
import type { ProblemCode } from './problem-table.js';
import { commonRefusals, otherRefusals, refusals } from './refusals.js';

export type OperationOptions = {
  readonly summary: string;
  /** What the summary does not say. */
  readonly description?: string;
  readonly access: AccessRule;
  /** 200 if absent. */
  readonly status?: 200 | 201 | 202;
  /** What it may refuse besides what every route does; absent = nobody has listed that. */
  readonly refuses?: readonly ProblemCode[];
} & (VersionedAnswer | PlainAnswer);

interface PlainAnswer {
  readonly answer: Type;
  /** The answer is a page of them. */
  readonly page?: true;
  /** The answer is all of them at once. */
  readonly list?: true;
  readonly versioned?: never;
}

/** The answer is one thing, and its version is the ETag. */
interface VersionedAnswer {
  readonly answer: Type<Versioned>;
  readonly versioned: true;
  readonly page?: never;
  readonly list?: never;
}

const ETAG_HEADER = {
  ETag: { description: 'The version, for `If-Match`.', schema: { type: 'string' } },
} as const;

/** What a GET or PUT does, who may use it, and what it answers. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { summary, description, access, answer, versioned, status = 200, refuses = [] } = options;
  return applyDecorators(
    Access(access),
    HttpCode(status),
    ApiExtraModels(answer),
    ApiOperation({ summary, ...(description !== undefined && { description }) }),
    ApiResponse({
      status,
      description: '',
      schema: answerSchema(options),
      ...(versioned === true && { headers: ETAG_HEADER }),
    }),
    ...(versioned === true ? [AnswersVersioned(true)] : []),
    refusals([...commonRefusals(access), ...refuses]),
    otherRefusals(),
  );
}

/** A GET that answers more than fits into memory: events, or lines of a file. */
export function StreamOperation({
  summary,
  description,
  access,
  type,
}: Pick<OperationOptions, 'summary' | 'description' | 'access'> & {
  readonly type: 'text/event-stream' | 'application/x-ndjson';
}): MethodDecorator {
  return applyDecorators(
    Access(access),
    ApiOperation({ summary, ...(description !== undefined && { description }) }),
    ApiResponse({
      status: 200,
      description: 'One after another.',
      content: { [type]: { schema: { type: 'string' } } },
    }),
    refusals(commonRefusals(access)),
    otherRefusals(),
  );
}

/** What a DELETE takes away, and who may; it answers 204 and nothing. */
export function DeleteOperation({
  summary,
  access,
}: Pick<OperationOptions, 'summary' | 'access'>): MethodDecorator {
  return applyDecorators(
    Access(access),
    HttpCode(204),
    ApiOperation({ summary }),
    ApiResponse({ status: 204, description: 'It is gone.' }),
    refusals(commonRefusals(access)),
    otherRefusals(),
  );
}

const OF_EVERY_POST = [
  'http/malformed_json',
  'http/body_too_large',
  'http/idempotency_mismatch',
  'http/idempotency_in_flight',
] as const satisfies readonly ProblemCode[];

/** An `Operation` by POST, which may be repeated under an idempotency key. */
export function PostOperation(options: OperationOptions): MethodDecorator {
  return applyDecorators(
    Operation({ ...options, refuses: [...OF_EVERY_POST, ...(options.refuses ?? [])] }),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description: `Of your choice, 1 to 255 characters. For ${ANSWERS_KEPT_HOURS} hours the same request under the same key gets the answer on record: its status, its body, its \`Location\` and \`Preference-Applied\`, and \`Idempotency-Replayed: true\`. That is so of a 202 too: at its \`Location\` is what has become of it since. While the first has no answer yet, 409 (\`http/idempotency_in_flight\`) says to come again. A repetition after a crash between effect and record, or at another replica meanwhile, is carried out again; what it asks for then decides (a name is taken, a plan has moved).`,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
  );
}

function answerSchema({ answer, page, list }: OperationOptions): object {
  const item = { $ref: getSchemaPath(answer) };
  if (page === true) return pageSchema(item);
  return list === true ? { type: 'array', items: item } : item;
}

function pageSchema(item: { readonly $ref: string }): object {
  return {
    type: 'object',
    required: ['items'],
    properties: {
      items: { type: 'array', items: item },
      next: { type: 'string', description: 'Give it as `after` for the next page.' },
    },
  };
}
