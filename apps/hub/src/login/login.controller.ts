import { randomBytes } from 'node:crypto';
import { type Context, startLoginSession } from '@apollo-deploy/orchestration';
import { Controller, Get, Inject, Logger, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { HubConfig } from '../config/hub-config.js';
import { Access } from '../http/access.js';
import type { HubRequest } from '../http/hub-request.js';
import { accepted, Refused } from '../http/refused.js';
import { Door } from '../limits/door.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import { IdentityProvider, ProviderUnavailable, type VouchedPerson } from './identity-provider.js';
import { attemptOfCookie, cookieOfAttempt, type KeptAttempt } from './login-attempt.js';
import { cookieOf, LoginCookies } from './login-cookies.js';
import { localPath } from './return-to.js';

const SECRET_BYTES = 32;
const ATTEMPT_SECONDS = 600;
const RETRY_AFTER_SECONDS = 10;

/** Sends browsers to the identity provider, and takes them back as somebody. */
@ApiTags('login')
@Controller('auth')
@Door(true)
export class LoginController {
  private readonly logger = new Logger(LoginController.name);

  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  @Get('login')
  @Access('anyone')
  @ApiOperation({ summary: 'Log in with the identity provider' })
  @ApiQuery({ name: 'returnTo', required: false, description: 'A path of the hub. Absent = /.' })
  @ApiResponse({ status: 302, description: 'On to the identity provider.' })
  async login(@Req() request: HubRequest, @Res() response: Response): Promise<void> {
    const { provider, cookies } = this.parts();
    const returnTo = returnToOf(request.query['returnTo']);
    const { url, attempt } = await provider.begin().catch((error: unknown) => {
      throw this.refusalOf(error);
    });
    const kept = cookieOfAttempt({ ...attempt, returnTo });
    response.setHeader('Set-Cookie', cookies.set(cookies.attempt, kept, ATTEMPT_SECONDS));
    response.redirect(302, url.href);
  }

  @Get('callback')
  @Access('anyone')
  @ApiOperation({ summary: 'Come back from the identity provider' })
  @ApiResponse({
    status: 302,
    description: 'Logged in, and on to where the login was begun for.',
  })
  async callback(@Req() request: HubRequest, @Res() response: Response): Promise<void> {
    const { provider, cookies, issuer } = this.parts();
    response.setHeader('Set-Cookie', cookies.set(cookies.attempt, '', 0));
    const kept = attemptOfCookie(cookieOf(request.headers.cookie, cookies.attempt) ?? '');
    if (kept === undefined) throw failed('no login was begun in this browser, or long ago');
    const vouched = await this.finish(provider, request, kept);
    const secret = randomBytes(SECRET_BYTES).toString('hex');
    const { person, subject, sid, roles } = vouched;
    const { idleMs, longestMs } = this.config.session;
    accepted(
      await startLoginSession(this.context, {
        ...{ person, secret, idleMs, longestMs, requestId: request.requestId },
        vouched: { issuer, subject, ...(sid !== undefined && { sid }) },
        ...(roles !== undefined && { roles }),
      }),
    );
    response.setHeader('Set-Cookie', [
      cookies.set(cookies.attempt, '', 0),
      cookies.set(cookies.session, secret, Math.floor(longestMs / 1000)),
    ]);
    response.redirect(302, kept.returnTo);
  }

  private async finish(
    provider: IdentityProvider,
    { originalUrl }: HubRequest,
    kept: KeptAttempt,
  ): Promise<VouchedPerson> {
    const at = originalUrl.indexOf('?');
    try {
      return await provider.finish(at < 0 ? '' : originalUrl.slice(at), kept);
    } catch (error) {
      throw this.refusalOf(error);
    }
  }

  private refusalOf(error: unknown): Refused {
    this.logger.warn({ err: error });
    if (!(error instanceof ProviderUnavailable)) {
      return failed('the identity provider does not vouch for who came back; the log has why');
    }
    return new Refused('http/login_unavailable', {
      detail:
        'the identity provider does not answer; who is logged in stays so, and tokens go on working. Try again later, or look at APOLLO_OIDC_ISSUER and at the log of the hub',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  private parts(): { provider: IdentityProvider; cookies: LoginCookies; issuer: string } {
    const { oidc } = this.config;
    if (oidc === undefined) {
      throw new Refused('http/not_supported', {
        detail:
          'this hub knows no identity provider: use a token, or set APOLLO_OIDC_ISSUER, APOLLO_OIDC_CLIENT_ID and APOLLO_PUBLIC_URL and start it anew',
      });
    }
    const { issuer, publicUrl } = oidc;
    return { provider: new IdentityProvider(oidc), cookies: new LoginCookies(publicUrl), issuer };
  }
}

function returnToOf(given: unknown): string {
  if (given === undefined) return '/';
  const path = typeof given === 'string' ? localPath(given) : undefined;
  if (path !== undefined) return path;
  throw new Refused('http/invalid_request', {
    detail: 'returnTo is no path of this hub; accepted is a text such as /plans/1?tab=log',
    field: 'returnTo',
  });
}

function failed(why: string): Refused {
  return new Refused('http/login_failed', { detail: `${why}; begin again at /auth/login` });
}
