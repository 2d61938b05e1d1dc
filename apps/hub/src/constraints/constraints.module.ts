import { Module } from '@nestjs/common';
import { ConstraintKindsController } from './constraint-kinds.controller.js';
import { ConstraintsController } from './constraints.controller.js';
import { SuppressionsController } from './suppressions.controller.js';

/** What people demand of plans before they may run. */
@Module({
  controllers: [ConstraintKindsController, ConstraintsController, SuppressionsController],
})
export class ConstraintsModule {}
