import {
  type Context,
  endLoginSession,
  endLoginSessions,
  type Principal,
} from '@apollo-deploy/orchestration';
import { Controller, Delete, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { HubConfig } from '../config/hub-config.js';
import { may } from '../http/access.js';
import { Caller } from '../http/caller.js';
import type { HubRequest } from '../http/hub-request.js';
import { DeleteOperation, Operation } from '../http/operation.js';
import { accepted, Refused } from '../http/refused.js';
import { EVERYWHERE } from '../http/whereabouts.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { csrfTokenOf } from './csrf.js';
import { IdentifySession } from './identify-session.js';
import { LoginCookies } from './login-cookies.js';

class SessionView {
  @ApiProperty()
  person!: string;

  @ApiProperty({ description: 'Send it as X-CSRF-Token with whatever changes something.' })
  csrfToken!: string;

  @ApiProperty({ format: 'date-time', description: 'Unless the session is used before.' })
  idleEndsAt!: string;

  @ApiProperty({ format: 'date-time' })
  endsAt!: string;
}

/** The logins of people: one's own, and all of somebody. */
@ApiTags('login')
@Controller('api/v1')
export class SessionsController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(IdentifySession) private readonly sessions: IdentifySession,
  ) {}

  @Get('session')
  @Operation({
    summary: 'Show your login',
    description: '404 for who is let in by something else, such as a token.',
    access: 'known',
    answer: SessionView,
  })
  async get(@Req() request: HubRequest): Promise<SessionView> {
    const by = request.standing?.credentials.kind;
    const present = by === 'session' ? await this.sessions.identify(request) : undefined;
    if (present === undefined) {
      const why =
        by === undefined ? 'nobody has to log in here' : 'a token let you in, which is no login';
      throw new Refused('http/no_session', {
        detail: `${why}; GET /api/v1/me says whom this hub takes you for`,
      });
    }
    const { person, secret, session } = present;
    const { idleEndsAt, endsAt } = session;
    return { person: person.name, csrfToken: csrfTokenOf(secret), idleEndsAt, endsAt };
  }

  @Delete('session')
  @DeleteOperation({ summary: 'Log out', access: 'anyone' })
  async end(
    @Req() request: HubRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const present = await this.sessions.identify(request);
    const { oidc } = this.config;
    if (present === undefined || oidc === undefined) return;
    const { name, roles } = present.person;
    const principal: Principal = { kind: 'person', name, roles, requestId: request.requestId };
    await endLoginSession(this.context, principal, present.session.id);
    const cookies = new LoginCookies(oidc.publicUrl);
    response.setHeader('Set-Cookie', cookies.set(cookies.session, '', 0));
  }

  @Delete('people/:name/sessions')
  @DeleteOperation({
    summary: 'Log a person out everywhere',
    access: may('people', EVERYWHERE),
  })
  async endAll(@Caller() caller: Principal, @Param('name') name: string): Promise<void> {
    accepted(await endLoginSessions(this.context, caller, name));
  }
}
