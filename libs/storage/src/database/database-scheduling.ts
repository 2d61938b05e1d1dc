import {
  type Lease,
  LEASE_REACH,
  leaseEnd,
  type LeaseRepository,
  type LeaseRequest,
  type OccurrenceRecord,
  type OccurrenceRepository,
} from '@apollo-deploy/orchestration';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { OCCURRENCES } from './scheduling-maps.js';

/** One statement each: whoever comes second waits for the first, and then sees what it left. */
export class DatabaseLeases implements LeaseRepository {
  constructor(private readonly session: DatabaseSession) {}

  async acquire({ name, holder, ttlMs, now }: LeaseRequest): Promise<Lease | undefined> {
    const until = leaseEnd(now, ttlMs);
    const [row] = await this.session.query(
      `INSERT INTO leases (name, holder, token, ttl_ms, until)
       VALUES ($1, $2, 1, $3, $4::timestamptz)
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = leases.token + 1,
         ttl_ms = excluded.ttl_ms, until = excluded.until
       WHERE leases.holder = excluded.holder OR leases.until IS NULL
         OR leases.until <= $5::timestamptz
         OR leases.until > $5::timestamptz + ${LEASE_REACH} * leases.ttl_ms * interval '1 millisecond'
       RETURNING token`,
      [name, holder, ttlMs, until, now],
    );
    return row === undefined ? undefined : { name, holder, token: Number(row['token']), until };
  }

  async renew(lease: Lease, ttlMs: number, now: string): Promise<Lease | undefined> {
    const until = leaseEnd(now, ttlMs);
    const renewed = await this.session.query(
      `UPDATE leases SET ttl_ms = $3, until = $4::timestamptz
       WHERE name = $1 AND token = $2 AND holder = $5 AND until IS NOT NULL RETURNING token`,
      [lease.name, lease.token, ttlMs, until, lease.holder],
    );
    return renewed.length === 0 ? undefined : { ...lease, until };
  }

  async release({ name, token, holder }: Lease): Promise<void> {
    const statement =
      'UPDATE leases SET until = NULL WHERE name = $1 AND token = $2 AND holder = $3';
    await this.session.query(statement, [name, token, holder]);
  }

  async fence({ name, token, holder }: Lease): Promise<boolean> {
    const held = await this.session.query(
      `SELECT FROM leases WHERE name = $1 AND token = $2 AND holder = $3 AND until IS NOT NULL
       FOR UPDATE`,
      [name, token, holder],
    );
    return held.length > 0;
  }
}

export class DatabaseOccurrences implements OccurrenceRepository {
  private readonly table: DatabaseTable<OccurrenceRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, OCCURRENCES);
  }

  async claim(occurrence: OccurrenceRecord): Promise<boolean> {
    return (await this.table.insert(occurrence, '(schedule, starts_at)')) !== undefined;
  }

  async newest(schedules: readonly string[], until: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.session.read(
      `SELECT asked.schedule, newest.starts_at
       FROM (SELECT DISTINCT unnest($1::text[]) COLLATE "C" AS schedule) asked
       CROSS JOIN LATERAL (
         SELECT starts_at FROM occurrences
         WHERE schedule = asked.schedule AND starts_at <= $2::timestamptz
         ORDER BY starts_at DESC LIMIT 1
       ) newest ORDER BY asked.schedule`,
      [schedules, until],
    );
    return new Map(
      rows.map((row) => [row['schedule'] as string, (row['starts_at'] as Date).toISOString()]),
    );
  }
}
