import type {
  EvaluationSummary,
  OrchestrationEngine,
  Principal,
} from '@apollo-deploy/orchestration';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Caller } from '../http/caller.js';
import { FlagField, TextField } from '../http/field.js';
import { PostOperation } from '../http/operation.js';
import { accepted, Refused } from '../http/refused.js';
import { ENGINE } from '../platform/tokens.js';
import { may } from '../http/access.js';
import { entityOfBody } from '../http/whereabouts.js';

class EvaluationRequest {
  @TextField({ maximum: 256, optional: true, description: 'Absent = every entity.' })
  entity?: string;

  @FlagField({
    optional: true,
    description:
      'Propose again what failed or was cancelled, and end its automatic suppression; only for one entity. It goes over no hold.',
  })
  force?: boolean;
}

class HeldBackView {
  @ApiProperty()
  entity!: string;

  @ApiProperty({ description: 'Id of the hold.' })
  hold!: string;

  @ApiProperty({ description: 'Why it is held, and what lifts it.' })
  message!: string;
}

class EvaluationView {
  @ApiProperty({ description: 'How many entities were looked at.' })
  evaluated!: number;

  @ApiProperty({ type: [String], description: 'Plans that are new or have become ready.' })
  proposed!: readonly string[];

  @ApiProperty({ type: [String], description: 'Plans that are new or have changed, and wait.' })
  blocked!: readonly string[];

  @ApiProperty({ description: 'How many entities need nothing, or have the same plan as before.' })
  unchanged!: number;

  @ApiPropertyOptional({
    type: [HeldBackView],
    description:
      'With force: what a hold keeps from being tried. An automatic suppression then stays as well.',
  })
  held?: readonly HeldBackView[];
}

@ApiTags('plans')
@Controller('api/v1/evaluations')
export class EvaluationsController {
  constructor(@Inject(ENGINE) private readonly engine: OrchestrationEngine) {}

  @Post()
  @PostOperation({
    summary: 'Evaluate now',
    access: may('deploy', entityOfBody),
    answer: EvaluationView,
  })
  async evaluate(
    @Caller() caller: Principal,
    @Body() { entity, force = false }: EvaluationRequest,
  ): Promise<EvaluationSummary> {
    if (entity !== undefined) {
      return accepted(await this.engine.evaluate(caller, entity, { force }));
    }
    if (!force) return this.engine.evaluateAll(caller);
    throw new Refused('http/invalid_request', {
      detail: 'force is for one entity; name it in entity',
      field: 'entity',
    });
  }
}
