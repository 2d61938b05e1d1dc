import {
  CRITICALITIES,
  DECLARED_STRATEGIES,
  type DeclaredStrategy,
  EXECUTION_MODES,
  recallOf,
  TIERS,
} from '@apollo-deploy/domain';
import type { Environment, Product, Recall, Release } from '@apollo-deploy/domain';
import type { ChannelEntry } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class EnvironmentView {
  @ApiProperty()
  name!: string;

  @ApiProperty({ enum: TIERS })
  tier!: string;

  @ApiProperty()
  channel!: string;

  @ApiProperty({ enum: EXECUTION_MODES })
  execution!: string;

  @ApiProperty({
    description: 'Whether a failed upgrade or config_update is rolled back to what last succeeded.',
  })
  rollbackOnFailure!: boolean;

  @ApiPropertyOptional({ description: 'Absent = no limit.' })
  maxConcurrent?: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ description: 'How often it was written; also the ETag.' })
  version!: number;
}

export class ProductView {
  @ApiProperty()
  name!: string;

  @ApiProperty({ enum: CRITICALITIES })
  criticality!: string;

  @ApiPropertyOptional()
  owner?: string;

  @ApiPropertyOptional()
  namespace?: string;

  @ApiProperty()
  rolloutTimeoutSeconds!: number;

  @ApiPropertyOptional({
    description: 'In all environments together. Absent = no limit.',
  })
  maxConcurrent?: number;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  labels!: Readonly<Record<string, string>>;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ description: 'How often it was written; also the ETag.' })
  version!: number;
}

class ChartView {
  @ApiProperty()
  name!: string;

  @ApiProperty()
  version!: string;

  @ApiProperty({ description: 'Of the bytes of the archive.' })
  sha256!: string;

  @ApiProperty({ description: 'In bytes.' })
  size!: number;
}

class DependencyView {
  @ApiProperty()
  product!: string;

  @ApiProperty()
  range!: string;

  @ApiProperty()
  optional!: boolean;
}

export class ReleaseView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  product!: string;

  @ApiProperty()
  version!: string;

  @ApiProperty({ type: ChartView })
  chart!: ChartView;

  @ApiProperty({ type: [DependencyView] })
  dependencies!: readonly DependencyView[];

  @ApiProperty({
    type: [String],
    description: 'What a spoke must be able to do (its `capabilities`) to run it.',
  })
  requires!: readonly string[];

  @ApiProperty({
    enum: DECLARED_STRATEGIES,
    isArray: true,
    description: 'Which strategies its chart declares (annotation `apollo/strategies`).',
  })
  strategies!: readonly DeclaredStrategy[];

  @ApiProperty({ type: [String], description: 'Names of the channels that hold it.' })
  channels!: readonly string[];

  @ApiProperty({ description: 'A recall covers it: GET /api/v1/recalls?product= names it.' })
  recalled!: boolean;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty()
  createdBy!: string;
}

export class ChannelView {
  @ApiProperty()
  name!: string;
}

export class ChannelReleaseView {
  @ApiProperty()
  channel!: string;

  @ApiProperty()
  product!: string;

  @ApiProperty()
  version!: string;
}

export function environmentView(environment: Environment): EnvironmentView {
  const { name, tier, channel, execution, rollbackOnFailure, maxConcurrent, createdAt, version } =
    environment;
  return {
    name,
    tier,
    channel,
    execution,
    rollbackOnFailure,
    ...(maxConcurrent !== undefined && { maxConcurrent }),
    createdAt,
    version,
  };
}

export function productView(product: Product): ProductView {
  const { name, criticality, owner, namespace, rolloutTimeoutSeconds, maxConcurrent, labels } =
    product;
  return {
    name,
    criticality,
    ...(owner !== undefined && { owner }),
    ...(namespace !== undefined && { namespace }),
    rolloutTimeoutSeconds,
    ...(maxConcurrent !== undefined && { maxConcurrent }),
    labels,
    createdAt: product.createdAt,
    version: product.version,
  };
}

/** What stands beside a release: of its product, and perhaps of others. */
export interface ReleaseSurroundings {
  readonly entries: readonly ChannelEntry[];
  readonly recalls: readonly Recall[];
}

export function releaseView(
  release: Release,
  { entries, recalls }: ReleaseSurroundings,
): ReleaseView {
  const { id, product, version, createdAt, createdBy } = release;
  const { name, version: chartVersion, sha256, size } = release.chart;
  const holding = entries.filter((entry) => entry.product === product && entry.version === version);
  const own = recalls.filter((recall) => recall.product === product);
  return {
    id,
    product,
    version,
    chart: { name, version: chartVersion, sha256, size },
    dependencies: release.dependencies.map(({ product: needed, range, optional }) => ({
      product: needed,
      range,
      optional,
    })),
    requires: release.requires ?? [],
    strategies: release.strategies ?? [],
    channels: holding.map(({ channel }) => channel).sort(),
    recalled: recallOf(own, version) !== undefined,
    createdAt,
    createdBy,
  };
}
