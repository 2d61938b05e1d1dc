import { Module } from '@nestjs/common';
import { HoldsController } from './holds.controller.js';

/** What keeps entities where they are. */
@Module({ controllers: [HoldsController] })
export class HoldsModule {}
