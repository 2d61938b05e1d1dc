import type {
  LoginSessionRecord,
  LoginSessionRepository,
  LogoutTokenUse,
  VouchedLogout,
} from '@apollo-deploy/orchestration';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { LOGIN_SESSIONS, LOGOUT_TOKENS } from './people-map.js';

export class DatabaseLoginSessions implements LoginSessionRepository {
  private readonly table: DatabaseTable<LoginSessionRecord>;
  private readonly logouts: DatabaseTable<LogoutTokenUse>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, LOGIN_SESSIONS);
    this.logouts = new DatabaseTable(session, LOGOUT_TOKENS);
  }

  getMany(ids: readonly string[]): Promise<readonly LoginSessionRecord[]> {
    return this.table.select('WHERE id = ANY($1)', [ids]);
  }

  byHash(hash: string): Promise<LoginSessionRecord | undefined> {
    return this.table.first('WHERE hash = $1', [hash]);
  }

  async insert(session: LoginSessionRecord): Promise<void> {
    const inserted = await this.table.insert(session, '');
    if (inserted === undefined) {
      throw new InvariantViolation(`login session ${session.id} is stored already`);
    }
  }

  async extend(id: string, idleEndsAt: string): Promise<void> {
    await this.session.query(
      `UPDATE login_sessions SET idle_ends_at = $2::timestamptz
       WHERE id = $1 AND idle_ends_at < $2::timestamptz`,
      [id, idleEndsAt],
    );
  }

  async end(id: string, by: string, at: string): Promise<boolean> {
    const ended = await this.session.query(
      `UPDATE login_sessions SET ended_at = $3::timestamptz, ended_by = $2
       WHERE id = $1 AND ended_at IS NULL RETURNING id`,
      [id, by, at],
    );
    return ended.length > 0;
  }

  async endAll(person: string, by: string, at: string): Promise<number> {
    const ended = await this.session.query(
      `UPDATE login_sessions SET ended_at = $3::timestamptz, ended_by = $2
       WHERE person = $1 AND ended_at IS NULL AND ends_at > $3::timestamptz RETURNING id`,
      [person, by, at],
    );
    return ended.length;
  }

  async endVouched(
    { issuer, subject, sid }: VouchedLogout,
    by: string,
    at: string,
  ): Promise<readonly string[]> {
    const whose = subject !== undefined ? OF_SUBJECT : OF_SID;
    const ended = await this.session.query(
      `UPDATE login_sessions SET ended_at = $2::timestamptz, ended_by = $1
       WHERE issuer = $3 AND ${whose} AND ended_at IS NULL AND ends_at > $2::timestamptz
       RETURNING person`,
      [by, at, issuer, ...(subject !== undefined ? [subject] : []), sid ?? null],
    );
    return ended.map((row) => row['person'] as string);
  }

  async useLogoutToken(token: LogoutTokenUse): Promise<boolean> {
    return (await this.logouts.insert(token, '(issuer, id)')) !== undefined;
  }

  async forgetBefore(instant: string, limit: number): Promise<boolean> {
    const over = await this.session.query(
      `DELETE FROM login_sessions WHERE id IN (
         SELECT id FROM login_sessions WHERE ends_at < $1::timestamptz
         ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING id`,
      [instant, limit],
    );
    const said = await this.session.query(
      `DELETE FROM logout_tokens WHERE (issuer, id) IN (
         SELECT issuer, id FROM logout_tokens WHERE kept_until < $1::timestamptz
         ORDER BY kept_until LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING id`,
      [instant, limit],
    );
    return over.length === limit || said.length === limit;
  }
}

const OF_SUBJECT = 'subject = $4 AND ($5::text IS NULL OR coalesce(sid, $5) = $5)';
const OF_SID = 'sid = $4';
