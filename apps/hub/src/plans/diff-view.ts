import type { Json } from '@apollo-deploy/kernel';
import type { PlanDiff } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ContentView, planTo } from './content-view.js';

const NOT_RENDERED =
  'nothing here renders charts: its spoke does, in its cluster, as late as possible; what is approved is the chart by its bytes, and the values';

class RunningHeadView {
  @ApiProperty()
  version!: string;

  @ApiProperty()
  revision!: number;

  @ApiPropertyOptional({ description: 'Absent: no plan is known to have brought it.' })
  chartSha256?: string;

  @ApiProperty()
  valuesDigest!: string;
}

export class ValueChangeView {
  @ApiProperty({
    description:
      'Names and positions, such as `env.0.value`; a name that is no plain word is quoted: `labels."a.b/c"`.',
  })
  path!: string;

  @ApiProperty({ enum: ['added', 'removed', 'changed'] })
  change!: string;

  @ApiPropertyOptional({
    description:
      'A text, a number, a truth value, null, or an empty list or object; `(hidden)` where it looks like a secret before or after. Of long texts, the part where they begin to differ.',
  })
  before?: Json;

  @ApiPropertyOptional({ description: 'As `before`.' })
  after?: Json;
}

class ValuesDiffView {
  @ApiProperty({
    description:
      'Whether the values that run are known; if not, `changes` has all that the plan sets, as added.',
  })
  known!: boolean;

  @ApiPropertyOptional({ description: 'Why they are not known.' })
  why?: string;

  @ApiProperty({ type: [ValueChangeView], description: '500 at most, lists by position.' })
  changes!: readonly ValueChangeView[];

  @ApiProperty({ description: 'How many changes there are besides.' })
  more!: number;
}

class ManifestDiffView {
  @ApiProperty({ enum: [false] })
  known!: false;

  @ApiProperty()
  why!: string;
}

export class DiffView {
  @ApiProperty({
    type: RunningHeadView,
    nullable: true,
    description: 'What runs now. null: nothing, or it is not known; `values.why` says so then.',
  })
  from!: RunningHeadView | null;

  @ApiProperty({ type: ContentView, nullable: true, description: 'null: an uninstall.' })
  to!: ContentView | null;

  @ApiProperty({ type: ValuesDiffView })
  values!: ValuesDiffView;

  @ApiProperty({ type: ManifestDiffView })
  manifest!: ManifestDiffView;
}

/** What a plan would change about what runs now. */
export function diffView({ plan, from, values, unknown }: PlanDiff): DiffView {
  const known = unknown === undefined ? { known: true } : { known: false, why: unknown };
  return {
    from,
    to: planTo(plan),
    values: { ...known, ...values },
    manifest: { known: false, why: NOT_RENDERED },
  };
}
