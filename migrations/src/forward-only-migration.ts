import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A step of the schema, in plain SQL, which is never taken back: a mistake is mended by a later step,
 * a failed upgrade by a backup. Each runs in a transaction of its own. Once merged it never changes.
 */
export abstract class ForwardOnlyMigration implements MigrationInterface {
  protected abstract readonly statements: readonly string[];

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of this.statements) await runner.query(statement);
  }

  down(): Promise<void> {
    return Promise.reject(
      new Error(
        `${this.constructor.name} cannot be taken back; restore a backup from before the upgrade`,
      ),
    );
  }
}
