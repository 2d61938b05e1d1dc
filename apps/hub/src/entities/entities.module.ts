import { Module } from '@nestjs/common';
import { EntitiesController } from './entities.controller.js';

/** What should run where, and what does. */
@Module({ controllers: [EntitiesController] })
export class EntitiesModule {}
