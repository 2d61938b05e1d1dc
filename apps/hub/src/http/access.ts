import { Reflector } from '@nestjs/core';

/** Who may use a route: anyone, people (and later their tokens), or spokes. */
export const ACCESS_RULES = ['anyone', 'people', 'spokes'] as const;
export type AccessRule = (typeof ACCESS_RULES)[number];

/** Says who may use a route or all routes of a controller. A route without a rule serves nobody. */
export const Access = Reflector.createDecorator<AccessRule>();
