import { CRITICALITIES, EXECUTION_MODES, TIERS } from '@apollo-deploy/domain';
import type { Criticality, ExecutionMode, Tier } from '@apollo-deploy/domain';
import {
  ChoiceField,
  Field,
  FlagField,
  IntegerField,
  isPlainObject,
  LabelsField,
  NAME_LENGTH,
  NameField,
  TextField,
} from '../http/field.js';
import { PageQuery } from '../http/page-query.js';

export class EnvironmentRequest {
  @TextField({ maximum: NAME_LENGTH })
  name!: string;

  @ChoiceField({
    choices: TIERS,
    description:
      'What production takes must have succeeded in a lower tier. Constraints can be for one tier.',
  })
  tier!: Tier;

  @TextField({ maximum: NAME_LENGTH, optional: true, description: 'Absent = the name.' })
  channel?: string;

  @ChoiceField({ choices: EXECUTION_MODES, optional: true, description: 'Absent = automatic.' })
  execution?: ExecutionMode;

  @FlagField({
    optional: true,
    description:
      'Whether a failed upgrade or config_update is rolled back to what last succeeded. Absent = true.',
  })
  rollbackOnFailure?: boolean;

  @IntegerField({ minimum: 1, maximum: 10_000, optional: true, description: 'Absent = no limit.' })
  maxConcurrent?: number;
}

export class ProductRequest {
  @TextField({ maximum: NAME_LENGTH })
  name!: string;

  @ChoiceField({
    choices: CRITICALITIES,
    description: 'Constraints can be for one criticality.',
  })
  criticality!: Criticality;

  @TextField({ maximum: 253, optional: true })
  owner?: string;

  @TextField({ maximum: NAME_LENGTH, optional: true, description: 'Absent = the name.' })
  namespace?: string;

  @IntegerField({ minimum: 1, maximum: 86_400, optional: true, description: 'Absent = 300.' })
  rolloutTimeoutSeconds?: number;

  @LabelsField({ optional: true })
  labels?: Record<string, string>;

  @IntegerField({
    minimum: 1,
    maximum: 10_000,
    optional: true,
    description:
      'How many of its plans may execute at once, in all environments together. Absent = no limit.',
  })
  maxConcurrent?: number;
}

export interface DependencyRequest {
  readonly product: string;
  readonly range: string;
  readonly optional?: boolean;
}

const MAX_DEPENDENCIES = 100;
/** As many as a spoke may say. */
const MAX_REQUIRES = 64;

export class ReleaseRequest {
  @TextField({ maximum: NAME_LENGTH })
  product!: string;

  @TextField({ maximum: 512, description: 'As Chart.yaml states it.' })
  version!: string;

  @Field(
    {
      accepted: `a list of at most ${MAX_DEPENDENCIES} objects {product, range, optional?}, as JSON where it is part of a form`,
      schema: {
        type: 'array',
        maxItems: MAX_DEPENDENCIES,
        items: {
          type: 'object',
          required: ['product', 'range'],
          properties: {
            product: { type: 'string' },
            range: { type: 'string' },
            optional: { type: 'boolean' },
          },
        },
      },
      check: (value) =>
        Array.isArray(value) && value.length <= MAX_DEPENDENCIES && value.every(isDependency),
    },
    { optional: true, description: 'Products it needs beside it, in ranges of versions.' },
  )
  dependencies?: readonly DependencyRequest[];

  @Field(
    {
      accepted: `a list of at most ${MAX_REQUIRES} texts, as JSON where it is part of a form`,
      schema: { type: 'array', maxItems: MAX_REQUIRES, items: { type: 'string', maxLength: 64 } },
      check: (value) =>
        Array.isArray(value) &&
        value.length <= MAX_REQUIRES &&
        value.every((one) => typeof one === 'string'),
    },
    {
      optional: true,
      description:
        'What a spoke must be able to do to run it, as `capabilities` of GET /api/v1/spokes name it. Where one is missing the release is passed over.',
    },
  )
  requires?: readonly string[];

  @Field(
    {
      accepted: 'a file part of a multipart form, the chart as a .tgz archive',
      schema: { type: 'string', format: 'binary' },
      check: isPlainObject,
    },
    { optional: true, description: 'The archive as "helm package" makes it.' },
  )
  chart?: unknown;
}

export class ChannelReleaseRequest {
  @TextField({ maximum: NAME_LENGTH })
  product!: string;

  @TextField({ maximum: 512 })
  version!: string;
}

export class ReleaseQuery extends PageQuery {
  @NameField({ optional: true })
  product?: string;
}

function isDependency(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { product, range, optional, ...unknown } = value;
  return (
    typeof product === 'string' &&
    typeof range === 'string' &&
    (optional === undefined || typeof optional === 'boolean') &&
    Object.keys(unknown).length === 0
  );
}
