// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A plan keeps the place that it took over from another one, also while it does not stand in line. */
export class KeepPlaces1763712032000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE plans ADD COLUMN queued_since timestamptz',
    `UPDATE plans SET queued_since = in_line_since
      WHERE state = 'BLOCKED' AND in_line_since < created_at`,
  ];
}
