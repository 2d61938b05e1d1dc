import { DEPLOYMENT_STATUSES, type DeploymentStatus } from '@apollo-deploy/domain';
import { ChoiceField, NameField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

export class DeploymentQuery extends PageQuery {
  @NameField({ optional: true })
  service?: string;

  @NameField({ optional: true })
  environment?: string;

  @ChoiceField({ choices: DEPLOYMENT_STATUSES, optional: true })
  status?: DeploymentStatus;
}
