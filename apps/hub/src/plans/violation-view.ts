import type { Values, Violation } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** One reason why a plan does not go. */
export class ViolationView {
  @ApiProperty({ description: 'Stable, for machines.' })
  code!: string;

  @ApiProperty()
  message!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  data!: Values;

  @ApiPropertyOptional({ format: 'date-time', description: 'When time alone may cure it.' })
  recheckAt?: string;
}

export function violationView({ code, message, data, recheckAt }: Violation): ViolationView {
  return { code, message, data, ...(recheckAt !== undefined && { recheckAt }) };
}
