// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A spoke that asks for a chart is told apart by whose release it is. */
export class FindReleasesByChart1763712063000 extends ForwardOnlyMigration {
  protected readonly statements = [`CREATE INDEX releases_chart ON releases ((chart->>'sha256'))`];
}
