import { InvariantViolation } from '@apollo-deploy/kernel';
import type {
  LoginSessionRecord,
  LoginSessionRepository,
  LogoutTokenUse,
  VouchedLogout,
} from '../login-session-repository.js';
import { compositeKey, TableView } from './memory-table.js';
import type { LoginSessionGroup, MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryLoginSessions implements LoginSessionRepository {
  private readonly view: TableView<LoginSessionRecord, LoginSessionGroup>;
  private readonly logouts: TableView<LogoutTokenUse>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.loginSessions, transaction);
    this.logouts = new TableView(tables.logoutTokens, transaction);
  }

  async getMany(ids: readonly string[]): Promise<readonly LoginSessionRecord[]> {
    return this.view.getMany(ids);
  }

  async byHash(hash: string): Promise<LoginSessionRecord | undefined> {
    return this.view.inGroup('hash', hash)[0];
  }

  async insert(session: LoginSessionRecord): Promise<void> {
    const isTaken = this.view.get(session.id) ?? this.view.inGroup('hash', session.hash)[0];
    if (isTaken !== undefined) {
      throw new InvariantViolation(`login session ${session.id} is stored already`);
    }
    this.view.put(session);
  }

  async extend(id: string, idleEndsAt: string): Promise<void> {
    const session = this.view.get(id);
    if (session === undefined) return;
    if (Date.parse(idleEndsAt) <= Date.parse(session.idleEndsAt)) return;
    this.view.put({ ...session, idleEndsAt });
  }

  async end(id: string, by: string, at: string): Promise<boolean> {
    const session = this.view.get(id);
    if (session === undefined || session.endedAt !== undefined) return false;
    this.view.put({ ...session, endedAt: at, endedBy: by });
    return true;
  }

  async endAll(person: string, by: string, at: string): Promise<number> {
    return this.endOpen(this.view.inGroup('person', person), by, at).length;
  }

  async endVouched(logout: VouchedLogout, by: string, at: string): Promise<readonly string[]> {
    const { issuer, subject, sid } = logout;
    const found =
      subject !== undefined
        ? this.view
            .inGroup('subject', compositeKey(issuer, subject))
            .filter((session) => sid === undefined || (session.sid ?? sid) === sid)
        : this.view.inGroup('sid', compositeKey(issuer, sid ?? ''));
    return this.endOpen(found, by, at).map(({ person }) => person);
  }

  async useLogoutToken(token: LogoutTokenUse): Promise<boolean> {
    if (this.logouts.get(compositeKey(token.issuer, token.id)) !== undefined) return false;
    this.logouts.put(token);
    return true;
  }

  async forgetBefore(instant: string, limit: number): Promise<boolean> {
    const before = Date.parse(instant);
    const over = this.view
      .all()
      .filter(({ row }) => Date.parse(row.endsAt) < before)
      .slice(0, limit);
    for (const { row } of over) this.view.remove(row.id);
    const said = this.logouts
      .all()
      .filter(({ row }) => Date.parse(row.keptUntil) < before)
      .slice(0, limit);
    for (const { row } of said) this.logouts.remove(compositeKey(row.issuer, row.id));
    return over.length === limit || said.length === limit;
  }

  private endOpen(
    sessions: readonly LoginSessionRecord[],
    by: string,
    at: string,
  ): readonly LoginSessionRecord[] {
    const now = Date.parse(at);
    const open = sessions.filter(
      ({ endedAt, endsAt }) => endedAt === undefined && Date.parse(endsAt) > now,
    );
    for (const session of open) this.view.put({ ...session, endedAt: at, endedBy: by });
    return open;
  }
}
