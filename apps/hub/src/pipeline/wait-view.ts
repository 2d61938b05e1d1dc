import type { IdleCode, Wait } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { cureOf, naming } from '../plans/cures.js';

export class WaitView {
  @ApiProperty({ description: 'Stable, for machines.' })
  code!: string;

  @ApiProperty({ description: 'What it waits for, in a sentence.' })
  message!: string;

  @ApiProperty({ description: 'What can be done about it.' })
  cure!: string;

  @ApiPropertyOptional({ description: 'Where it waits; absent: everywhere.' })
  entity?: string;

  @ApiPropertyOptional({ description: 'Whose plan waits; absent: there is none yet.' })
  plan?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'When time alone may end it.' })
  until?: string;
}

/** What can be done about what keeps a deployment besides the violations of its plans. */
const CURES = {
  queued:
    'wait: it begins when the other one has ended (GET /api/v1/deployments/{deployment}); a newer request takes its place',
  plan: 'wait: the engine looks at it within moments',
  dispatch: 'wait: it goes out by itself',
  manual_execution: 'execute it (POST /api/v1/plans/{plan}/execute)',
  spoke_lost:
    'look after the spoke, or end its plan as the message says; what the deployment has brought elsewhere stays',
  executing: 'wait; GET /api/v1/plans/{plan} tells how far it has come',
  unknown:
    'look in the cluster and say how it ended (POST /api/v1/plans/{plan}/resolve); its spoke may still tell',
  health: 'wait until it was looked at often enough',
  health_unanswered:
    'see to whoever watches services (PANOPTES_URL): it is asked again by itself; if it does not answer by then, the deployment fails and what was brought stays',
  rollback:
    'wait until it has gone back; what comes after it goes by itself, or says what holds it',
  no_report: 'look after the spoke in its cluster: it has not said what runs there',
  in_progress: 'wait until that plan has ended; this is looked at again then',
  absent_as_desired: 'evaluate it now (POST /api/v1/evaluations)',
  up_to_date: 'wait until its spoke is heard and says the same',
  unhealthy:
    'mend what runs, bring another version, or ask for another try (POST /api/v1/evaluations with force)',
  no_target:
    'name a version that may run there, or take away what the message names, such as a recall (DELETE /api/v1/recalls/…)',
  target_below_reported: 'name the version that it is to go down to (POST /rollback)',
  locked: 'wait for the Helm operation that holds it; if none runs any more, free it by hand',
  declined:
    'change the version or the values, or ask for another try (POST /api/v1/evaluations with force)',
} as const satisfies Record<IdleCode, string> & Readonly<Record<string, string>>;

/** What a deployment waits for, with what can be done about it. */
export function waitView({ code, message, data = {}, entity, plan, until }: Wait): WaitView {
  // Only what people are to agree to is named by the id of its plan.
  const named = plan !== undefined && { plan, ...(code === 'approval' && { id: plan }) };
  const names = { ...named, ...data };
  return {
    ...{ code, message },
    cure: isKnown(code) ? naming(CURES[code], names) : cureOf(code, names),
    ...(entity !== undefined && { entity }),
    ...(plan !== undefined && { plan }),
    ...(until !== undefined && { until }),
  };
}

function isKnown(code: string): code is keyof typeof CURES {
  return Object.hasOwn(CURES, code);
}
