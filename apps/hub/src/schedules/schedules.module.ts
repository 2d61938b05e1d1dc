import { Module } from '@nestjs/common';
import { WindowsController } from './windows.controller.js';

/** When change is allowed. */
@Module({ controllers: [WindowsController] })
export class SchedulesModule {}
