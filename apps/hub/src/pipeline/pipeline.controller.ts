import { type Authority, mayDo, tellPath } from '@apollo-deploy/domain';
import {
  type Context,
  environmentNotFound,
  findEnvironment,
  type FollowTools,
  historyOf,
  type Principal,
  readServiceStatus,
  requestDeployment,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Get, Headers, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { may } from '../http/access.js';
import { Caller, May, Seen, type SeenEnvironments } from '../http/caller.js';
import { Operation } from '../http/operation.js';
import { accepted, Refused } from '../http/refused.js';
import { SOMEWHERE, targetOfBody } from '../http/whereabouts.js';
import { CONTEXT, HUB_CONFIG } from '../platform/tokens.js';
import type { HubConfig } from '../config/hub-config.js';
import { AwaitedAnswer } from './awaited-answer.js';
import { AwaitedOperation } from './awaited-operation.js';
import { DEPLOYMENT_RULES } from './deployment-rules.js';
import { FOLLOW_TOOLS } from './follow-tools.token.js';
import { PIPELINE_REFUSALS } from './pipeline-refusals.js';
import { DeployRequest, HistoryQuery, StatusQuery } from './pipeline-requests.js';
import { historyEntry, HistoryView, RulesView } from './pipeline-views.js';
import { AskedView, askedView } from './promotion-views.js';
import { ServiceStatusView, serviceStatusView } from './service-status-view.js';

const DEFAULT_HISTORY = 10;
const NO_DIRECT_WAY =
  'Direct deployment to PROD is forbidden. Use /promote to move from DEV to PROD, or /hotfix for emergencies.';

@ApiTags('pipeline')
@Controller()
export class PipelineController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(FOLLOW_TOOLS) private readonly tools: FollowTools,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(AwaitedAnswer) private readonly answer: AwaitedAnswer,
  ) {}

  @Post('deploy')
  @AwaitedOperation({
    summary: 'Deploy a service to an environment that is not production',
    description:
      'Read as JSON whatever the content type. 200: it has ended. 202: it is under way; Location shows it.',
    access: may('deploy', targetOfBody),
    answer: AskedView,
    refuses: PIPELINE_REFUSALS.deploy,
  })
  async deploy(
    @Caller() caller: Principal,
    @May() authority: Authority,
    @Body() body: DeployRequest,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AskedView> {
    const { service, target_env: target = 'dev', version, reason } = body;
    if (target === 'prod') throw new Refused('deployment/direct_to_production', DIRECT);
    const environment = await this.context.store.transact((unit) => findEnvironment(unit, target));
    if (environment === undefined) throw notFound(target, 'target_env');
    if (body.skip_backup === true) refuseToSkip(authority, environment.name);
    const { shown } = await this.answer.of(prefer, response, async () => ({
      deployment: accepted(
        await requestDeployment(
          this.context,
          caller,
          {
            ...{ kind: 'deploy', service, environment: environment.name },
            strategy: body.strategy ?? 'rolling',
            skipBackup: body.skip_backup === true,
            ...(version !== undefined && { version }),
            ...(reason !== undefined && { reason }),
            ...(body.on_conflict !== undefined && { onConflict: body.on_conflict }),
          },
          this.tools,
        ),
      ),
    }));
    return askedView(`Deployment to ${target}`, shown);
  }

  @Get('status/:service')
  @Operation({
    summary: 'Say what became of the newest deployments of a service, and which hotfixes it owes',
    description: 'Of what you may see; unknown where there is none.',
    access: may('view', SOMEWHERE),
    answer: ServiceStatusView,
    refuses: ['catalog/environment_not_found'],
  })
  async status(
    @Seen() seen: SeenEnvironments,
    @Param('service') service: string,
    @Query() { environment }: StatusQuery,
  ): Promise<ServiceStatusView> {
    const filter = await this.filterOf(service, environment, seen);
    const status = await readServiceStatus(this.context, filter);
    const isNew = status.latest === undefined;
    return { ...serviceStatusView(service, status), ...(isNew && (await this.unknown(service))) };
  }

  @Get('history/:service')
  @Operation({
    summary: 'List the newest deployments of a service',
    access: may('view', SOMEWHERE),
    answer: HistoryView,
    refuses: ['catalog/environment_not_found'],
  })
  async history(
    @Seen() seen: SeenEnvironments,
    @Param('service') service: string,
    @Query() { environment, limit }: HistoryQuery,
  ): Promise<HistoryView> {
    const filter = await this.filterOf(service, environment, seen);
    const size = limit === undefined ? DEFAULT_HISTORY : Number(limit);
    const { total, newest } = await historyOf(this.context, filter, size);
    const history = newest.map(historyEntry);
    const unknown = total === 0 ? await this.unknown(service) : {};
    return { service, total_deployments: total, history, ...unknown };
  }

  @Get('rules')
  @Operation({
    summary: 'Tell the rules of the pipeline',
    access: may('view', SOMEWHERE),
    answer: RulesView,
  })
  rules(): RulesView {
    const paths = this.config.promotionPaths.map((path) => tellPath(path).toUpperCase());
    return { ...DEPLOYMENT_RULES, valid_promotion_paths: paths };
  }

  /** Of the environment by its name or its alias; refused where its reader knows none by that. */
  private async filterOf(
    service: string,
    named: string | undefined,
    seen: SeenEnvironments,
  ): Promise<Parameters<typeof historyOf>[1]> {
    const filter = { service, ...(seen !== undefined && { environments: seen }) };
    if (named === undefined) return filter;
    const found = await this.context.store.transact((unit) => findEnvironment(unit, named));
    if (found === undefined || seen?.includes(found.name) === false) {
      throw notFound(named, 'environment');
    }
    return { ...filter, environment: found.name };
  }

  /** What is told beside no history of a service that nobody has registered: a slip looks like that. */
  private async unknown(service: string): Promise<{ readonly warning?: string }> {
    const product = await this.context.store.transact((unit) => unit.products.get(service));
    if (product !== undefined) return {};
    const name = JSON.stringify(service);
    return {
      warning: `there is no service ${name}; GET /api/v1/products lists those that there are`,
    };
  }
}

const DIRECT = { detail: NO_DIRECT_WAY, field: 'target_env' } as const;

function notFound(named: string, field: string): Refused {
  const { code, ...details } = environmentNotFound(named, field);
  return new Refused(code, details);
}

function refuseToSkip(authority: Authority, environment: string): void {
  if (mayDo(authority, 'skip-backup', [environment])) return;
  throw new Refused('http/not_allowed', {
    detail: `to skip the backup takes the permission skip-backup in ${environment}; leave skip_backup out, or ask somebody who has it`,
    field: 'skip_backup',
    data: { permission: 'skip-backup', environments: [environment] },
  });
}
