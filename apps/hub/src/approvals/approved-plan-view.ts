import { ApiProperty } from '@nestjs/swagger';
import { PlanView } from '../plans/plan-views.js';
import { LapseView } from './gate-views.js';

/** A plan with the approval that was just given. */
export class ApprovedPlanView extends PlanView {
  @ApiProperty({
    type: [LapseView],
    description:
      'What the approver has to know now: for these gates the approval will have lapsed before the plan may begin.',
  })
  lapses!: readonly LapseView[];
}
