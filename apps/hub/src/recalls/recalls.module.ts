import { Module } from '@nestjs/common';
import { RecallsController } from './recalls.controller.js';

/** Releases that must not run any more. */
@Module({ controllers: [RecallsController] })
export class RecallsModule {}
