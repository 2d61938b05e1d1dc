import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { LoginController } from './login.controller.js';
import { LogoutController } from './logout.controller.js';
import { SessionsController } from './sessions.controller.js';

/** How people log in and out in a browser. */
@Module({
  imports: [HttpModule],
  controllers: [LoginController, LogoutController, SessionsController],
})
export class LoginModule {}
