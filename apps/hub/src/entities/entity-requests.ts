import {
  FIELD_CONFLICTS,
  type DesiredState,
  type FieldConflicts,
  type Values,
} from '@apollo-deploy/domain';
import { ENTITY_STATUSES, type EntityStatus } from '@apollo-deploy/orchestration';
import {
  ChoiceField,
  Field,
  isPlainObject,
  LabelsField,
  NAME_LENGTH,
  NameField,
  TextField,
} from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

const MAX_NOT_SECRET = 50;
const PLACE_LENGTH = 512;
const CHOICES = ['channel', 'range', 'version'] as const;

export class EntityRequest {
  @TextField({ maximum: NAME_LENGTH })
  spoke!: string;

  @TextField({ maximum: NAME_LENGTH })
  product!: string;

  @TextField({ maximum: NAME_LENGTH, optional: true, description: "Absent = the product's." })
  namespace?: string;

  @TextField({ maximum: NAME_LENGTH, optional: true, description: "Absent = the product's name." })
  releaseName?: string;

  @Field({
    accepted:
      'exactly one of {"channel": name}, {"range": range}, {"version": version}, {"absent": true}',
    schema: {
      type: 'object',
      properties: {
        channel: { type: 'string' },
        range: { type: 'string' },
        version: { type: 'string' },
        absent: { type: 'boolean', enum: [true] },
      },
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
    },
    check: isDesired,
  })
  desired!: DesiredState;

  @Field(
    {
      accepted: 'an object of Helm values',
      schema: { type: 'object', additionalProperties: true },
      check: isPlainObject,
    },
    {
      optional: true,
      description:
        'All values, in place of those that were there: nothing is merged. Absent = none, so a change of `desired` alone repeats the values of GET.',
    },
  )
  values?: Values;

  @LabelsField({
    optional: true,
    description: 'All labels, in place of those that were there. Absent = none.',
  })
  labels?: Record<string, string>;

  @Field(
    {
      accepted: `a list of at most ${MAX_NOT_SECRET} places such as values.db.password`,
      schema: { type: 'array', items: { type: 'string' }, maxItems: MAX_NOT_SECRET },
      check: isListOfPlaces,
    },
    {
      optional: true,
      description:
        'Values and labels are shown to whoever may look, so what looks like a secret there is refused. These places do and are none; the audit trail keeps that you said so. What is stored already need not be named.',
    },
  )
  notSecret?: readonly string[];

  @ChoiceField({
    choices: FIELD_CONFLICTS,
    optional: true,
    description:
      'Fields that others have set and the chart sets too: `override` lets the chart take them back, `refuse` refuses the plan before it touches anything and names them. Absent = override.',
  })
  fieldConflicts?: FieldConflicts;

  @ChoiceField({ choices: ['rolling'], optional: true })
  strategy?: 'rolling';
}

/** No fields: what is adopted is where the entity says it is. */
export class AdoptionRequest {}

export class EntityQuery extends PageQuery {
  @NameField({ optional: true })
  environment?: string;

  @NameField({ optional: true })
  product?: string;

  @NameField({ optional: true })
  spoke?: string;

  @ChoiceField({ choices: ENTITY_STATUSES, optional: true })
  status?: EntityStatus;
}

function isListOfPlaces(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= MAX_NOT_SECRET &&
    value.every((place) => typeof place === 'string' && place.length <= PLACE_LENGTH)
  );
}

function isDesired(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0) return false;
  if (key === 'absent') return value['absent'] === true;
  return CHOICES.some((choice) => choice === key) && typeof value[key] === 'string';
}
