import type { DesiredState, Values } from '@apollo-deploy/domain';
import { ENTITY_STATUSES, type EntityStatus } from '@apollo-deploy/orchestration';
import { ChoiceField, Field, isPlainObject, LabelsField, TextField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

/** Longer than any name that is accepted, so that the use case names the rule of names. */
const NAME_LENGTH = 256;
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

  @ChoiceField({ choices: ['rolling'], optional: true })
  strategy?: 'rolling';
}

export class EntityQuery extends PageQuery {
  @TextField({ maximum: NAME_LENGTH, optional: true })
  environment?: string;

  @TextField({ maximum: NAME_LENGTH, optional: true })
  product?: string;

  @TextField({ maximum: NAME_LENGTH, optional: true })
  spoke?: string;

  @ChoiceField({ choices: ENTITY_STATUSES, optional: true })
  status?: EntityStatus;
}

function isDesired(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0) return false;
  if (key === 'absent') return value['absent'] === true;
  return CHOICES.some((choice) => choice === key) && typeof value[key] === 'string';
}
