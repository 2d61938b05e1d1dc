import { applyDecorators, type Type } from '@nestjs/common';
import type { Versioned } from '../http/etag.interceptor.js';
import { Operation } from '../http/operation.js';
import { may } from '../http/access.js';
import type { Whereabouts } from '../http/whereabouts.js';

/** What a PUT of a `LimitRequest` does to what has a version, and answers of it. */
export function LimitOperation(answer: Type<Versioned>, where: Whereabouts): MethodDecorator {
  return applyDecorators(
    Operation({
      summary: 'Change how many plans may execute at once',
      description: 'Plans that execute go on; those that wait are offered what is free.',
      access: may('fleet', where),
      answer,
      versioned: true,
    }),
  );
}
