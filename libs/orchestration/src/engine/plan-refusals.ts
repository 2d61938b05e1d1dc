import { refusal, type Refusal } from '@apollo-deploy/domain';

export function planNotFound(planId: string): Refusal {
  return refusal('plan/not_found', `there is no plan ${JSON.stringify(planId)}`);
}

export function lostRace(planId: string): Refusal {
  return refusal(
    'plan/version_conflict',
    `plan ${planId} was changed at the same time; read it again`,
  );
}
