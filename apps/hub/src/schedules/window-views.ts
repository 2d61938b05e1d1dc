import { WINDOW_LAYERS, type WindowLayer } from '@apollo-deploy/domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const KINDS = ['maintenance_window', 'suppression_window'] as const;

class WindowReasonView {
  @ApiProperty({ enum: KINDS })
  kind!: (typeof KINDS)[number];

  @ApiPropertyOptional({ description: 'Of the stored constraint, if it is one.' })
  id?: string;

  @ApiPropertyOptional({
    description: 'The window that is open or opens next, or the suppression.',
  })
  name?: string;

  @ApiPropertyOptional({ enum: WINDOW_LAYERS, description: 'Of maintenance windows.' })
  layer?: WindowLayer;

  @ApiPropertyOptional({ description: 'Of suppressions.' })
  reason?: string;

  @ApiPropertyOptional({ description: 'Of suppressions: stops rollbacks and repairs too.' })
  hard?: boolean;

  @ApiProperty({ description: 'A sentence for people.' })
  message!: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'When this alone ends.' })
  until?: string;
}

export class WindowAnswerView {
  @ApiProperty()
  open!: boolean;

  @ApiProperty({
    type: [WindowReasonView],
    description: 'All that shuts it; while open, the windows that are open.',
  })
  because!: readonly WindowReasonView[];

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'While open: the end of the opening. Absent beyond 400 days, as are the others.',
  })
  openUntil?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'While shut: when it opens again.' })
  nextOpen?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'While shut: the end of that opening.' })
  nextClose?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description:
      'While shut, without nextOpen: looking ahead ended here, before 400 days, because windows open and shut so often. Ask again then.',
  })
  searchedUntil?: string;
}
