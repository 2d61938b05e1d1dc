import type { Plan } from '@apollo-deploy/domain';
import { ApiProperty } from '@nestjs/swagger';

/** What a plan brings, goes back to, or what a hold keeps; of the values only their digest. */
export class ContentView {
  @ApiProperty()
  version!: string;

  @ApiProperty()
  chartSha256!: string;

  @ApiProperty()
  valuesDigest!: string;
}

/** What would run; `null`: nothing. */
export function planTo({ to, content: { chart, valuesDigest } }: Plan): ContentView | null {
  if (to === null || chart === null || valuesDigest === null) return null;
  return { version: to.version, chartSha256: chart.sha256, valuesDigest };
}
