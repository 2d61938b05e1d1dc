import { Reflector } from '@nestjs/core';

/** Marks what strangers knock at: logging in and joining. From one address it is taken more rarely. */
export const Door = Reflector.createDecorator<true>();
