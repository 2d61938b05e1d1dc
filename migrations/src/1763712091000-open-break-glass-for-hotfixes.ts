// -- compat: expand
import { ForwardOnlyMigration } from './forward-only-migration.js';

/** A break-glass knows the hotfix that it was opened for (null: a person opened it for ordinary plans). */
export class OpenBreakGlassForHotfixes1763712091000 extends ForwardOnlyMigration {
  protected readonly statements = [
    'ALTER TABLE break_glasses ADD COLUMN deployment text COLLATE "C"',
    `UPDATE break_glasses SET deployment = hotfix.id FROM deployment_history AS hotfix
      WHERE hotfix.break_glass = break_glasses.id`,
  ];
}
