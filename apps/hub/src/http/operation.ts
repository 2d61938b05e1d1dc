import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { Access, type AccessRule } from './access.js';
import { IDEMPOTENCY_KEY } from './idempotency-key.js';
import { Problem } from './problem.js';

interface OperationOptions {
  readonly summary: string;
  readonly access: AccessRule;
  readonly answer: Type;
  /** The answer is a page of them. */
  readonly page?: true;
  /** The answer is all of them at once. */
  readonly list?: true;
  /** 200 if absent. */
  readonly status?: 200 | 201;
}

/** What a GET or PUT does, who may use it, and what it answers. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { summary, access, answer, status = 200 } = options;
  return applyDecorators(
    Access(access),
    HttpCode(status),
    ApiExtraModels(answer, Problem),
    ApiOperation({ summary }),
    ApiResponse({ status, description: '', schema: answerSchema(options) }),
    refusal(),
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
    ApiExtraModels(Problem),
    ApiOperation({ summary }),
    ApiResponse({ status: 204, description: 'It is gone.' }),
    refusal(),
  );
}

/** An `Operation` by POST, which may be repeated under an idempotency key. */
export function PostOperation(options: OperationOptions): MethodDecorator {
  return applyDecorators(
    Operation(options),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description:
        'Of your choice, 1 to 255 characters. The same request under the same key has one effect and the same answer.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
  );
}

function refusal(): MethodDecorator {
  return ApiResponse({
    status: 'default',
    description: 'Refused: the rule, what would change it, and when.',
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(Problem) } } },
  });
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
