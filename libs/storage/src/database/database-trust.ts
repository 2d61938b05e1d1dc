import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type {
  AlreadyExists,
  HubIdentityRepository,
  JoinTokenRecord,
  JoinTokenRepository,
  SessionTokenRepository,
  SessionTokenUse,
} from '@apollo-deploy/orchestration';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { JOIN_TOKENS, SESSION_TOKENS } from './trust-maps.js';

export class DatabaseJoinTokens implements JoinTokenRepository {
  private readonly table: DatabaseTable<JoinTokenRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, JOIN_TOKENS);
  }

  get(hash: string): Promise<JoinTokenRecord | undefined> {
    return this.table.first('WHERE hash = $1', [hash]);
  }

  async insert(token: JoinTokenRecord): Promise<Result<JoinTokenRecord, AlreadyExists>> {
    const inserted = await this.table.insert(token, '(hash)');
    return inserted === undefined ? err({ code: 'already_exists' }) : ok(inserted);
  }

  async save(token: JoinTokenRecord): Promise<void> {
    await this.table.upsert([token]);
  }

  unusedOf(spoke: string): Promise<readonly JoinTokenRecord[]> {
    return this.table.select('WHERE spoke = $1 AND used_by IS NULL ORDER BY created_at, hash', [
      spoke,
    ]);
  }

  async removeUnused(spoke: string): Promise<number> {
    const statement = 'DELETE FROM join_tokens WHERE spoke = $1 AND used_by IS NULL RETURNING hash';
    return (await this.session.query(statement, [spoke])).length;
  }

  async removeOfSpoke(spoke: string): Promise<void> {
    await this.session.query('DELETE FROM join_tokens WHERE spoke = $1', [spoke]);
  }

  async forgetBefore(instant: string): Promise<void> {
    await this.session.query('DELETE FROM join_tokens WHERE expires_at < $1', [instant]);
  }
}

export class DatabaseSessionTokens implements SessionTokenRepository {
  private readonly table: DatabaseTable<SessionTokenUse>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, SESSION_TOKENS);
  }

  async use(token: SessionTokenUse): Promise<boolean> {
    return (await this.table.insert(token, '(spoke, id)')) !== undefined;
  }

  async forgetBefore(instant: string): Promise<void> {
    await this.session.query('DELETE FROM session_tokens WHERE kept_until < $1', [instant]);
  }
}

export class DatabaseHubIdentity implements HubIdentityRepository {
  constructor(private readonly session: DatabaseSession) {}

  async ensure(id: string): Promise<string> {
    await this.session.query(
      'INSERT INTO hub_identity (id) VALUES ($1) ON CONFLICT (single) DO NOTHING',
      [id],
    );
    const [row] = await this.session.query('SELECT id FROM hub_identity', []);
    if (row === undefined) throw new InvariantViolation('this hub has no id');
    return row['id'] as string;
  }
}
