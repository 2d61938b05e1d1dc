import { refusal, type Refusal } from '@apollo-deploy/domain';

/** Ends the reading of a chart archive; `readChart` turns it into its answer. */
export class ChartRefused extends Error {
  override readonly name = 'ChartRefused';

  constructor(readonly detail: string) {
    super(detail);
  }
}

/** The refusal of an archive, naming the rule it breaks. */
export function invalidChart(detail: string): Refusal {
  return refusal('catalog/invalid_chart', `${detail}; make the archive with "helm package"`, {
    field: 'chart',
  });
}
