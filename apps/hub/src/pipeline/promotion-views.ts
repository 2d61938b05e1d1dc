import { type Deployment, DEPLOYMENT_STATUSES, hasEnded, type Wait } from '@apollo-deploy/domain';
import type { ShownDeployment } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RestoredValuesView } from './deployment-views.js';
import { tellSuperseded } from './tell-superseded.js';
import { WaitView, waitView } from './wait-view.js';

/** What the pipeline answers is spelled as its clients spell it. */
export class AskedView {
  @ApiProperty({ description: 'Show it at /api/v1/deployments/{id}.' })
  deployment_id!: string;

  @ApiProperty({ enum: DEPLOYMENT_STATUSES })
  status!: string;

  @ApiProperty({ description: 'How it came out, or what it waits for.' })
  message!: string;

  @ApiPropertyOptional({
    type: [WaitView],
    description: 'While it is under way: what it waits for now.',
  })
  waits_for?: readonly WaitView[];

  @ApiPropertyOptional({
    description: 'The newer deployment that took its place, so that it failed.',
  })
  superseded_by?: string;
}

export class PromotionView extends AskedView {
  @ApiProperty()
  promoted_from!: string;

  @ApiProperty()
  promoted_to!: string;
}

export class HotfixView extends AskedView {
  @ApiProperty()
  warning!: string;

  @ApiPropertyOptional({ description: 'The break-glass by which it goes, which owes a review.' })
  break_glass?: string;

  @ApiProperty({
    type: [String],
    description: 'What does not hold it once its break-glass is open; it waits for all else.',
  })
  waives!: readonly string[];

  @ApiPropertyOptional({
    description: 'Of one in line: when its break-glass is opened, and what ends that chance.',
  })
  break_glass_waits?: string;

  @ApiPropertyOptional({ description: 'Why it goes past less than you may.' })
  not_waived?: string;

  @ApiPropertyOptional({
    type: [RestoredValuesView],
    description:
      'Values that others have set since something succeeded there last, and that were left out: nobody has agreed to them. Whoever set them sets them again afterwards.',
  })
  restored_values?: readonly RestoredValuesView[];

  @ApiPropertyOptional({
    description: 'Why pods are not all replaced at once. Absent: they are, where any are replaced.',
  })
  not_immediate?: string;
}

/** What is said of a deployment that somebody has asked for as a `what`. */
export function askedView(what: string, { deployment, waitsFor }: ShownDeployment): AskedView {
  const { id, status, supersededBy } = deployment;
  const isUnderWay = !hasEnded(status);
  return {
    ...{ deployment_id: id, status },
    message: isUnderWay ? waiting(what, status, waitsFor) : ended(what, deployment),
    ...(isUnderWay && { waits_for: waitsFor.map(waitView) }),
    ...(supersededBy !== undefined && { superseded_by: supersededBy }),
  };
}

function ended(what: string, deployment: Deployment): string {
  const { status, supersededBy } = deployment;
  if (status === 'completed') return `${what} completed`;
  const failed = `${what} failed`;
  return supersededBy === undefined
    ? failed
    : `${failed}: ${tellSuperseded(deployment, supersededBy)}`;
}

function waiting(what: string, status: string, waits: readonly Wait[]): string {
  // A backup is asked for by itself once nothing else holds the plan, so whatever else does is the news.
  const [first = waits[0]] = waits.filter(({ code }) => code !== 'backup');
  const others = waits.filter((wait) => wait !== first);
  if (first === undefined) return `${what} is under way (${status})`;
  const until = first.until === undefined ? '' : `, until ${first.until}`;
  const more = others.length === 0 ? '' : `; and for ${String(others.length)} more (waits_for)`;
  return `${what} is under way (${status}) and waits: ${first.message}${until}${more}`;
}
