import type { Noted } from '@apollo-deploy/domain';
import { ApiProperty } from '@nestjs/swagger';

export class NotedView {
  @ApiProperty({ description: 'Stable, for machines.' })
  code!: string;

  @ApiProperty()
  message!: string;

  @ApiProperty({
    enum: ['warns', 'waived'],
    description: 'Why it holds nothing: it is a warning to a plan like this, or was waived for it.',
  })
  effect!: string;
}

export function notedView({ code, message, effect }: Noted): NotedView {
  return { code, message, effect };
}
