import { Module } from '@nestjs/common';
import { SchedulesController } from './schedules.controller.js';
import { WindowsController } from './windows.controller.js';

/** When change is allowed. */
@Module({ controllers: [SchedulesController, WindowsController] })
export class SchedulesModule {}
