import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';

/** Who did what, when. */
@Module({ controllers: [AuditController] })
export class AuditModule {}
