import {
  type Context,
  type FollowTools,
  listDeployments,
  type Page,
  showDeployment,
} from '@apollo-deploy/orchestration';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { may } from '../http/access.js';
import { Seen, type SeenEnvironments } from '../http/caller.js';
import { Operation } from '../http/operation.js';
import { mapPage, noSuchPlace, pageOf } from '../http/page-query.js';
import { found } from '../http/refused.js';
import { deploymentOfPath, environmentOfQuery } from '../http/whereabouts.js';
import { CONTEXT } from '../platform/tokens.js';
import { DeploymentQuery } from './deployment-query.js';
import { DeploymentView, deploymentView } from './deployment-views.js';
import { FOLLOW_TOOLS } from './follow-tools.token.js';

@ApiTags('deployments')
@Controller('api/v1/deployments')
export class DeploymentsController {
  constructor(
    @Inject(CONTEXT) private readonly context: Context,
    @Inject(FOLLOW_TOOLS) private readonly tools: FollowTools,
  ) {}

  @Get()
  @Operation({
    summary: 'List deployments, newest first',
    access: may('view', environmentOfQuery),
    answer: DeploymentView,
    page: true,
    refuses: ['catalog/environment_not_found'],
  })
  async list(
    @Seen() seen: SeenEnvironments,
    @Query() query: DeploymentQuery,
  ): Promise<Page<DeploymentView>> {
    const { service, environment, status, after } = query;
    const filter = {
      ...(service !== undefined && { service }),
      ...(environment !== undefined && { environment }),
      ...(status !== undefined && { status }),
      ...(seen !== undefined && { environments: seen }),
    };
    const page = await listDeployments(this.context, filter, pageOf(query));
    if (page === undefined) throw noSuchPlace(after ?? '');
    return mapPage(page, deploymentView);
  }

  @Get(':id')
  @Operation({
    summary: 'Show a deployment, with what it waits for',
    access: may('view', deploymentOfPath),
    answer: DeploymentView,
    versioned: true,
    refuses: ['deployment/not_found'],
  })
  async get(@Param('id') id: string): Promise<DeploymentView> {
    const shown = await showDeployment(this.context, id, this.tools);
    return deploymentView(found(shown, 'deployment/not_found', `deployment ${JSON.stringify(id)}`));
  }
}
