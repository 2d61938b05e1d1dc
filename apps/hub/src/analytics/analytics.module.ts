import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';

/** Figures about what has happened. */
@Module({ controllers: [AnalyticsController] })
export class AnalyticsModule {}
