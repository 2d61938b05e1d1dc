import { Module } from '@nestjs/common';
import { EvaluationsController } from './evaluations.controller.js';
import { PlansController } from './plans.controller.js';

/** Proposed changes: reading, starting, stopping and asking for them. */
@Module({ controllers: [PlansController, EvaluationsController] })
export class PlansModule {}
