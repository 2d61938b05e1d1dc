import {
  type ApiTokenRecord,
  ENGINE,
  type Page,
  pageOf,
  type PageRequest,
  type TokenRepository,
  type TokenUse,
} from '@apollo-deploy/orchestration';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { API_TOKENS } from './people-map.js';

export class DatabaseTokens implements TokenRepository {
  private readonly table: DatabaseTable<ApiTokenRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, API_TOKENS);
  }

  get(id: string): Promise<ApiTokenRecord | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  getMany(ids: readonly string[]): Promise<readonly ApiTokenRecord[]> {
    return this.table.select('WHERE id = ANY($1)', [ids]);
  }

  byHash(hash: string): Promise<ApiTokenRecord | undefined> {
    return this.table.first('WHERE hash = $1', [hash]);
  }

  async countUsable(owner: string, now: string): Promise<number> {
    const [row] = await this.session.read(
      `SELECT count(*) AS usable FROM api_tokens
       WHERE owner = $1 AND revoked_at IS NULL AND expires_at > $2::timestamptz`,
      [owner, now],
    );
    return Number(row?.['usable'] ?? 0);
  }

  async insert(token: ApiTokenRecord): Promise<void> {
    const inserted = await this.table.insert(token, '');
    if (inserted === undefined) {
      throw new InvariantViolation(`token ${token.id} is stored already`);
    }
  }

  async revoke(id: string, by: string, at: string): Promise<boolean> {
    const revoked = await this.session.query(
      `UPDATE api_tokens SET revoked_at = $3::timestamptz, revoked_by = $2
       WHERE id = $1 AND revoked_at IS NULL RETURNING id`,
      [id, by, at],
    );
    return revoked.length > 0;
  }

  /** The rows in the order of their ids, so that two who write the same ones wait in line. */
  async noteUses(uses: readonly TokenUse[]): Promise<void> {
    if (uses.length === 0) return;
    const ordered = [...uses].sort((a, b) => (a.id < b.id ? -1 : 1));
    await this.session.query(
      `WITH used AS (
         SELECT api_tokens.id, max(given.at) AS at
         FROM unnest($1::text[], $2::timestamptz[]) AS given (id, at) JOIN api_tokens USING (id)
         GROUP BY api_tokens.id
       ), locked AS (
         SELECT id FROM api_tokens WHERE id IN (SELECT id FROM used) ORDER BY id FOR NO KEY UPDATE
       )
       UPDATE api_tokens SET last_used_at = used.at
       FROM used JOIN locked USING (id)
       WHERE api_tokens.id = used.id
         AND (api_tokens.last_used_at IS NULL OR api_tokens.last_used_at < used.at)`,
      [ordered.map(({ id }) => id), ordered.map(({ at }) => at)],
    );
  }

  async forgetBefore(instant: string, limit: number): Promise<boolean> {
    const forgotten = await this.session.query(
      `DELETE FROM api_tokens WHERE id IN (
         SELECT id FROM api_tokens
         WHERE LEAST(expires_at, revoked_at) < $1::timestamptz AND created_by <> $3
         ORDER BY LEAST(expires_at, revoked_at) LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING id`,
      [instant, limit, ENGINE.name],
    );
    return forgotten.length === limit;
  }

  async list(owner: string | undefined, page: PageRequest): Promise<Page<ApiTokenRecord>> {
    const conditions = new Conditions().and('owner = ?', owner).and('id > ?', page.after);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }
}
