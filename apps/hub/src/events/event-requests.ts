import { ChoiceField, TextField, NameField } from '../http/field.js';
import type { EventFilter } from './event-filter.js';

const KINDS = ['plan', 'entity', 'spoke', 'schedule', 'break-glass', 'deployment'] as const;

/** Which events, and from where on. */
export class EventQuery {
  @ChoiceField({ choices: KINDS, optional: true, description: 'What the events are about.' })
  kind?: string;

  @NameField({ optional: true })
  environment?: string;

  @NameField({ optional: true })
  product?: string;

  @NameField({
    optional: true,
    description: 'Events of this entity and of its plans.',
  })
  entity?: string;

  @TextField({
    maximum: 64,
    optional: true,
    description: 'The id of the last event you have. `Last-Event-ID` counts before it.',
  })
  after?: string;
}

export function eventFilter({ kind, environment, product, entity }: EventQuery): EventFilter {
  return {
    ...(kind !== undefined && { kind }),
    ...(environment !== undefined && { environment }),
    ...(product !== undefined && { product }),
    ...(entity !== undefined && { entity }),
  };
}
