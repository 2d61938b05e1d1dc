import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { type OperationOptions, PostOperation } from '../http/operation.js';
import { DEFAULT_WAIT_SECONDS, LONGEST_WAIT_SECONDS } from './prefer-wait.js';

const LOCATION = { Location: { schema: { type: 'string' } } } as const;

/** A POST that waits for the end of the deployment that it asks for, and says 202 where there is none yet. */
export function AwaitedOperation(options: OperationOptions): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Prefer',
      required: false,
      description: `wait=N: for how many seconds the answer waits for the end, ${String(DEFAULT_WAIT_SECONDS)} if it does not say, ${String(LONGEST_WAIT_SECONDS)} at most.`,
      schema: { type: 'string', example: 'wait=10' },
    }),
    ApiResponse({
      status: 202,
      description: 'It is under way: what it waits for, and at Location where to look.',
      schema: { $ref: getSchemaPath(options.answer) },
      headers: LOCATION,
    }),
    PostOperation(options),
  );
}
