import { Module } from '@nestjs/common';
import { ChannelsController } from './channels.controller.js';
import { EnvironmentsController } from './environments.controller.js';
import { ProductsController } from './products.controller.js';
import { ReleasesController } from './releases.controller.js';

/** What is released, and where it may run. */
@Module({
  controllers: [EnvironmentsController, ProductsController, ReleasesController, ChannelsController],
})
export class CatalogModule {}
