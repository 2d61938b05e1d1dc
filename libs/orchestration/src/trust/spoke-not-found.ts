import { refusal, type Refusal } from '@apollo-deploy/domain';

export function spokeNotFound(name: string): Refusal {
  return refusal('catalog/spoke_not_found', `spoke ${JSON.stringify(name)} does not exist`);
}
