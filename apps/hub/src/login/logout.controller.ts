import { type Context, endVouchedSessions } from '@apollo-deploy/orchestration';
import { Controller, HttpCode, Inject, Logger, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { HubConfig } from '../config/hub-config.js';
import { Access } from '../http/access.js';
import type { HubRequest } from '../http/hub-request.js';
import { accepted, Refused } from '../http/refused.js';
import { Door } from '../limits/door.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { IdentityProvider, ProviderUnavailable } from './identity-provider.js';
import { LOGOUT_ROUTE } from './logout-form.js';
import { LogoutRefused, readLogoutToken } from './logout-token.js';

const RETRY_AFTER_SECONDS = 10;
const FORM = {
  type: 'object' as const,
  required: ['logout_token'],
  properties: { logout_token: { type: 'string', description: 'A JWT of the identity provider.' } },
};

/** Hears from the identity provider that somebody has logged out there. */
@ApiTags('login')
@Controller('auth')
@Door(true)
export class LogoutController {
  private readonly logger = new Logger(LogoutController.name);

  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  @Post(LOGOUT_ROUTE)
  @HttpCode(200)
  @Access('anyone')
  @ApiOperation({
    summary: 'End the sessions of who has logged out at the identity provider',
    description: 'For the provider only: OpenID Connect Back-Channel Logout 1.0.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: FORM })
  @ApiResponse({ status: 200, description: 'Whoever it was is logged in here no more.' })
  async logOut(@Req() { body, requestId }: HubRequest): Promise<void> {
    const { oidc } = this.config;
    if (oidc === undefined) {
      throw new Refused('http/not_supported', {
        detail: 'this hub knows no identity provider, so nobody has logged in by one',
      });
    }
    const provider = new IdentityProvider(oidc);
    const message = await readLogoutToken(tokenIn(body), {
      config: oidc,
      keysUrl: () => provider.keysUrl(),
      now: this.context.clock.now(),
    }).catch((error: unknown) => {
      throw this.refusalOf(error);
    });
    accepted(await endVouchedSessions(this.context, { ...message, requestId }));
  }

  private refusalOf(error: unknown): unknown {
    if (error instanceof LogoutRefused) {
      this.logger.warn({ err: error });
      return refused(`the logout token is refused: ${error.message}`);
    }
    if (!(error instanceof ProviderUnavailable)) return error;
    this.logger.warn({ err: error });
    return new Refused('http/login_unavailable', {
      detail: 'the keys of the identity provider cannot be had now; send the logout token again',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}

function tokenIn(body: unknown): string {
  const isForm = typeof body === 'object' && body !== null && 'logout_token' in body;
  if (isForm && typeof body.logout_token === 'string') return body.logout_token;
  throw refused('there is no logout token; accepted is a form with one logout_token');
}

function refused(detail: string): Refused {
  return new Refused('http/logout_refused', { detail, field: 'logout_token' });
}
