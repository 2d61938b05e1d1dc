import { DEPLOYMENT_STRATEGIES, type DeploymentStrategy } from '@apollo-deploy/domain';
import { ChoiceField, FlagField, NameField, QueryIntegerField, TextField } from '../http/field.js';

const REASON_LENGTH = 1_000;
/** Longer than any version that is accepted, so that what is looked for is not found, and says so. */
const VERSION_LENGTH = 256;

export class DeployRequest {
  @NameField({ description: 'The name of a product.' })
  service!: string;

  @NameField({
    optional: true,
    description:
      'Name of an environment; dev, staging and prod also mean the only one of their tier. Default dev.',
  })
  target_env?: string;

  @TextField({
    maximum: VERSION_LENGTH,
    optional: true,
    description:
      "What is pinned there. Absent: the newest release in the environment's channel that may run; a development environment follows its channel again once that has come about.",
  })
  version?: string;

  @ChoiceField({
    choices: DEPLOYMENT_STRATEGIES,
    optional: true,
    description:
      'Default rolling. blue_green and canary need a chart that declares them (annotation apollo/strategies); a canary of another chart goes from spoke to spoke and needs two that can be reached. immediate is for hotfixes.',
  })
  strategy?: DeploymentStrategy;

  @FlagField({
    optional: true,
    description: 'Staging only, and takes the permission skip-backup. Default false.',
  })
  skip_backup?: boolean;

  @TextField({ maximum: REASON_LENGTH, optional: true })
  reason?: string;

  @ChoiceField({
    choices: ['wait', 'refuse'],
    optional: true,
    description:
      'While another deployment of the service is under way there: wait behind it, taking the place of what only waits (default), or be refused.',
  })
  on_conflict?: 'wait' | 'refuse';
}

export class StatusQuery {
  @NameField({ optional: true, description: 'Absent: wherever it was deployed last.' })
  environment?: string;
}

export class HistoryQuery extends StatusQuery {
  @QueryIntegerField({
    ...{ minimum: 1, maximum: 200, default: 10, optional: true },
    description: 'How many at most.',
  })
  limit?: string;
}
