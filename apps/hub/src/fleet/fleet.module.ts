import { Module } from '@nestjs/common';
import { JoinTokensController } from './join-tokens.controller.js';
import { SpokesController } from './spokes.controller.js';

/** The spokes as people see them; their socket is in `spokes/`. */
@Module({ controllers: [SpokesController, JoinTokensController] })
export class FleetModule {}
