import { Module } from '@nestjs/common';
import { BreakGlassController } from './break-glass.controller.js';

/** Ways past what holds plans, and what is owed for them. */
@Module({ controllers: [BreakGlassController] })
export class BreakGlassModule {}
