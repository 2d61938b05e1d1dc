import {
  type Authority,
  type BreakGlassGrant,
  type Deployment,
  hotfixWaives,
  restoredValues,
} from '@apollo-deploy/domain';
import {
  type Context,
  findEnvironment,
  type FollowTools,
  type Principal,
  promote,
  requestHotfix,
  rollBack,
  whyNotImmediate,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Headers, Inject, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { may } from '../http/access.js';
import { Caller, May } from '../http/caller.js';
import { accepted } from '../http/refused.js';
import { hotfixOfBody, promotionOfBody, rollbackOfBody } from '../http/whereabouts.js';
import { CONTEXT } from '../platform/tokens.js';
import { AwaitedAnswer } from './awaited-answer.js';
import { AwaitedOperation } from './awaited-operation.js';
import { FOLLOW_TOOLS } from './follow-tools.token.js';
import { HotfixRequest } from './hotfix-request.js';
import { PIPELINE_REFUSALS } from './pipeline-refusals.js';
import { type AskedView, askedView, HotfixView, PromotionView } from './promotion-views.js';
import { PromoteRequest } from './promote-request.js';
import { RollbackRequest } from './rollback-request.js';
import { rollbackView, RollbackView } from './rollback-view.js';
import { whyNotBack } from './why-not-back.js';

/** What the answer to every hotfix says. */
const WARNING = 'This was a HOTFIX deployment. Please backport to DEV.';

function tellGrant({ until }: BreakGlassGrant): string {
  return `it waits in line: its break-glass is opened when it leaves that, if that is before ${until} and you may still open one then; it ends at that instant`;
}

@ApiTags('pipeline')
@Controller()
export class PromotionsController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(FOLLOW_TOOLS) private readonly tools: FollowTools,
    @Inject(AwaitedAnswer) private readonly answer: AwaitedAnswer,
  ) {}

  @Post('promote')
  @AwaitedOperation({
    summary: 'Bring exactly what completed and is healthy in one environment to another',
    access: may('deploy', promotionOfBody),
    answer: PromotionView,
    refuses: PIPELINE_REFUSALS.promote,
  })
  async promote(
    @Caller() caller: Principal,
    @Body() body: PromoteRequest,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PromotionView> {
    const { service, from_env: from = 'dev', to_env: to = 'prod', strategy, reason } = body;
    const request = {
      ...{ service, from, to },
      ...(strategy !== undefined && { strategy }),
      ...(reason !== undefined && { reason }),
    };
    const { shown } = await this.answer.of(prefer, response, async () => ({
      deployment: accepted(await promote(this.context, caller, request, this.tools)),
    }));
    return { ...askedView('Promotion', shown), promoted_from: from, promoted_to: to };
  }

  @Post('hotfix')
  @AwaitedOperation({
    summary: 'Bring a version to production past its pipeline, in an emergency',
    description:
      'It opens a break-glass for what you may go past there, which owes a review; with anything else it waits. Always backed up.',
    access: may('hotfix', hotfixOfBody),
    answer: HotfixView,
    refuses: PIPELINE_REFUSALS.hotfix,
  })
  async hotfix(
    @Caller() caller: Principal,
    @May() authority: Authority,
    @Body() body: HotfixRequest,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HotfixView> {
    const { service, environment: named = 'prod', version, reason = '' } = body;
    const found = await this.context.store.transact((unit) => findEnvironment(unit, named));
    const environment = found?.name ?? named;
    const request = {
      ...{ service, environment, reason },
      waives: hotfixWaives(authority, environment),
      ...(version !== undefined && { version }),
    };
    const { asked, shown } = await this.answer.of(prefer, response, async () =>
      accepted(await requestHotfix(this.context, caller, request, this.tools)),
    );
    const waived = await this.waivedBy(shown.deployment, asked?.notWaived);
    const leftOut = restoredValues(shown.deployment);
    const notImmediate = await this.context.store.transact((unit) =>
      whyNotImmediate(unit, shown.deployment),
    );
    return {
      ...{ ...askedView('Hotfix', shown), warning: WARNING, ...waived },
      ...(leftOut.length > 0 && { restored_values: leftOut }),
      ...(notImmediate !== undefined && { not_immediate: notImmediate }),
    };
  }

  @Post('rollback')
  @AwaitedOperation({
    summary: 'Go back to what completed before what runs, and hold it there',
    access: may('deploy', rollbackOfBody),
    answer: RollbackView,
    refuses: PIPELINE_REFUSALS.rollback,
  })
  async rollback(
    @Caller() caller: Principal,
    @Body() body: RollbackRequest,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RollbackView> {
    const { service, environment, target_version: targetVersion, reason } = body;
    const wanted = {
      service,
      ...(environment !== undefined && { environment }),
      ...(targetVersion !== undefined && { targetVersion }),
      ...(reason !== undefined && { reason }),
    };
    const { shown } = await this.answer.of(prefer, response, async () => ({
      deployment: accepted(await rollBack(this.context, caller, wanted, this.tools)),
    }));
    const unmet = whyNotBack(shown.deployment);
    if (unmet !== undefined) throw unmet;
    return rollbackView(shown);
  }

  /** What a hotfix goes past, now or when it leaves the line, or why it does not. */
  private async waivedBy(
    { breakGlass, breakGlassGrant: grant }: Deployment,
    notWaived: string | undefined,
  ): Promise<Omit<HotfixView, keyof AskedView | 'warning'>> {
    const why = grant?.refused ?? notWaived;
    const less = why !== undefined && { not_waived: why };
    if (breakGlass !== undefined) {
      const glass = await this.context.store.transact((unit) => unit.breakGlasses.get(breakGlass));
      return { break_glass: breakGlass, waives: glass?.waives ?? [], ...less };
    }
    if (grant === undefined || grant.refused !== undefined) return { waives: [], ...less };
    return { waives: grant.waives, break_glass_waits: tellGrant(grant), ...less };
  }
}
