import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from './problem-table.js';
import type { ProblemDetails } from './refused.js';

/** One field at fault, where several are. */
class FieldProblem {
  @ApiProperty({ description: 'In the spelling of the request.' })
  field!: string;

  @ApiProperty({ description: 'What is wrong with it and what is accepted.' })
  detail!: string;
}

/** The body of every refusal (RFC 9457): which rule said no, what would change it, and when. */
export class Problem {
  @ApiProperty({ example: 'urn:apollo-deploy:problem:catalog/product_not_found' })
  type!: string;

  @ApiProperty()
  title!: string;

  @ApiProperty({ example: 404 })
  status!: number;

  @ApiProperty({ description: 'Stable, for machines.', example: 'catalog/product_not_found' })
  code!: string;

  @ApiProperty({ description: 'What happened and what to do about it.' })
  detail!: string;

  @ApiProperty({ description: 'Names this request in the audit trail and in the log.' })
  requestId!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  data!: object;

  @ApiPropertyOptional({ description: 'The first field at fault.' })
  field?: string;

  @ApiPropertyOptional({ type: [FieldProblem] })
  errors?: readonly FieldProblem[];
}

/** What each refusal of a kind says, whatever came of it. */
interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** The problem that answers a refused request. */
export function problemOf(code: ProblemCode, details: ProblemDetails, requestId: string): Problem {
  return problemWith(code, PROBLEMS[code], details, requestId);
}

/** As `problemOf`, for a code that is in no table of the HTTP API. */
export function problemWith(
  code: string,
  { status, title }: ProblemKind,
  { detail, field, data, errors }: ProblemDetails,
  requestId: string,
): Problem {
  return {
    type: `urn:apollo-deploy:problem:${code}`,
    title,
    status,
    code,
    detail,
    requestId,
    data: data ?? {},
    ...(field !== undefined && { field }),
    ...(errors !== undefined && { errors }),
  };
}
