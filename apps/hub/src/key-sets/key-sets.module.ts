import { Module } from '@nestjs/common';
import { KeySetsController } from './key-sets.controller.js';

/** The keys that sign plans, as people see and change them. */
@Module({ controllers: [KeySetsController] })
export class KeySetsModule {}
