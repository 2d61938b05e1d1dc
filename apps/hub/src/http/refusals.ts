import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { AccessRule } from './access.js';
import { Problem } from './problem.js';
import { type ProblemCode, PROBLEMS } from './problem-table.js';

const OF_EVERY_ROUTE = [
  'http/invalid_request',
  'http/foreign_host',
  'http/foreign_origin',
  'http/forgery',
  'http/too_many_requests',
  'http/internal',
  'http/unavailable',
] as const satisfies readonly ProblemCode[];
const RETRY_AFTER = {
  'Retry-After': { description: 'In seconds.', schema: { type: 'integer' } },
} as const;

/** Describes these refusals: each status with the codes that it is answered with. */
export function refusals(codes: readonly ProblemCode[]): MethodDecorator {
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  const described = [...statuses].map((status) =>
    answeredWith(
      status,
      [...new Set(codes)].filter((code) => PROBLEMS[code].status === status),
    ),
  );
  return applyDecorators(ApiExtraModels(Problem), ...described);
}

function answeredWith(status: number, codes: readonly ProblemCode[]): MethodDecorator {
  const one = { type: 'object', properties: { code: { type: 'string', enum: [...codes] } } };
  const schema = { allOf: [{ $ref: getSchemaPath(Problem) }, one] };
  return ApiResponse({
    status,
    description: codes.map((code) => `${PROBLEMS[code].title} (\`${code}\`).`).join(' '),
    content: { 'application/problem+json': { schema } },
    ...((status === 429 || status === 503) && { headers: RETRY_AFTER }),
  });
}

/** Codes of the refusals of every route for those who may use it by this rule. */
export function commonRefusals(access: AccessRule): readonly ProblemCode[] {
  if (access === 'anyone') return OF_EVERY_ROUTE;
  const known = [...OF_EVERY_ROUTE, 'http/unauthenticated'] as const;
  return typeof access === 'string' ? known : [...known, 'http/not_allowed'];
}

/** Describes what every route may answer besides, such as to what is no request for it. */
export function otherRefusals(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(Problem),
    ApiResponse({
      status: 'default',
      description: 'Refused: the rule, what would change it, and when.',
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(Problem) } } },
    }),
  );
}
