import type { Clock, Store } from '@apollo-deploy/orchestration';
import { Controller, Get, HttpStatus, Inject, Req, Res } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { HUB_VERSION } from '../platform/hub-version.js';
import { CLOCK, STORE } from '../platform/tokens.js';
import { SigningWatch } from '../signing/signing-watch.js';
import { Operation } from './operation.js';
import { RequestLimits } from '../limits/request-limits.js';
import { Readiness } from './readiness.js';

class HealthView {
  @ApiProperty({ enum: ['healthy', 'unhealthy'], description: 'unhealthy comes with status 503.' })
  status!: string;

  @ApiProperty({ example: 'APOLLO' })
  agent!: string;

  @ApiProperty({ example: 8234 })
  port!: number;

  @ApiProperty()
  version!: string;

  @ApiProperty()
  role!: string;

  @ApiProperty({
    description:
      'False: this replica has no key, or too few of the newest key set, or that one has ended; it sends no plans to spokes that carry out signed ones only and go by it.',
  })
  signsPlans!: boolean;

  @ApiProperty({ description: 'How many requests rate limits have refused here since the start.' })
  rateLimited!: number;

  @ApiProperty({ format: 'date-time' })
  timestamp!: string;
}

class LivenessView {
  @ApiProperty({ example: 'alive' })
  status!: string;
}

class ReadinessView {
  @ApiProperty({ enum: ['ready', 'not_ready'], description: 'not_ready comes with status 503.' })
  status!: string;

  @ApiProperty({ enum: ['answers', 'does_not_answer'] })
  store!: string;

  @ApiProperty({ description: 'The process is about to stop and takes no more work.' })
  draining!: boolean;
}

/** Whether the hub is well, for people and for whatever starts and stops it. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SigningWatch) private readonly signing: SigningWatch,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(RequestLimits) private readonly limits: RequestLimits,
  ) {}

  @Get('health')
  @Operation({ summary: 'Say how the hub is', access: 'anyone', answer: HealthView })
  async health(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HealthView> {
    const well = await this.store.ready();
    if (!well) response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status: well ? 'healthy' : 'unhealthy',
      agent: 'APOLLO',
      port: request.socket.localPort ?? 0,
      version: HUB_VERSION,
      role: 'Deployment Orchestrator',
      signsPlans: this.signing.signs,
      rateLimited: this.limits.refused,
      timestamp: this.clock.now().toISOString(),
    };
  }

  @Get('healthz')
  @Operation({ summary: 'Say that the process runs', access: 'anyone', answer: LivenessView })
  alive(): LivenessView {
    return { status: 'alive' };
  }

  @Get('readyz')
  @Operation({ summary: 'Say whether to send requests', access: 'anyone', answer: ReadinessView })
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadinessView> {
    const answers = await this.store.ready();
    const { draining } = this.readiness;
    const ready = answers && !draining;
    if (!ready) response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status: ready ? 'ready' : 'not_ready',
      store: answers ? 'answers' : 'does_not_answer',
      draining,
    };
  }
}
