import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import {
  type AlreadyExists,
  type InstantRange,
  type Page,
  pageOf,
  type PageRequest,
  type ReleaseFilter,
  type ReleaseStateRecord,
  type ReleaseStateRepository,
  type ReleaseSummary,
  rowsToRead,
  type SpokeRecord,
  type SpokeRepository,
} from '@apollo-deploy/orchestration';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { RELEASE_STATES, SPOKES } from './fleet-maps.js';

type ReleaseKey = Pick<ReleaseStateRecord, 'spoke' | 'namespace' | 'releaseName'>;

const THESE_RELEASES = `(spoke, namespace, release_name) IN
  (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`;

/** Each report is parsed once, and most of it stays where it is. */
const SUMMARY = `SELECT spoke, namespace, release_name AS "releaseName", digest,
    json_strip_nulls(json_build_object('head', head, 'health', health, 'reason', reason,
      'message', message, 'drift', CASE WHEN json_array_length(drift) > 0
        THEN json_build_array(drift -> 0) ELSE '[]'::json END)) AS report
  FROM release_states, json_to_record(report)
    AS part (head json, health json, reason json, message json, drift json)`;

const SUMMARIES = `${SUMMARY}
  WHERE ${THESE_RELEASES} ORDER BY spoke, namespace, release_name`;

const RELEASES_OF_SPOKE = `${SUMMARY}
  WHERE spoke = $1 AND (namespace, release_name) > ($2, $3)
    AND NOT ($4 AND EXISTS (
      SELECT FROM entities WHERE entities.spoke = release_states.spoke
        AND entities.namespace = release_states.namespace
        AND entities.release_name = release_states.release_name
    ))
  ORDER BY namespace, release_name LIMIT $5`;

export class DatabaseSpokes implements SpokeRepository {
  private readonly table: DatabaseTable<SpokeRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, SPOKES);
  }

  get(name: string): Promise<SpokeRecord | undefined> {
    return this.table.first('WHERE name = $1', [name]);
  }

  lock(name: string): Promise<SpokeRecord | undefined> {
    return this.table.lock('name = $1', [name]);
  }

  getMany(names: readonly string[]): Promise<readonly SpokeRecord[]> {
    return this.table.select('WHERE name = ANY($1) ORDER BY name', [names]);
  }

  lockShared(names: readonly string[]): Promise<readonly SpokeRecord[]> {
    return this.table.lockShared('WHERE name = ANY($1) ORDER BY name', [names]);
  }

  async insert(spoke: SpokeRecord): Promise<Result<SpokeRecord, AlreadyExists>> {
    const inserted = await this.table.insert(spoke, '(name)');
    return inserted === undefined ? err({ code: 'already_exists' }) : ok(inserted);
  }

  async save(spoke: SpokeRecord): Promise<void> {
    const saved = await this.table.update(spoke, `name = $${SPOKES.parameterOf('name')}`);
    if (saved === undefined) {
      throw new InvariantViolation(`spoke ${spoke.name} was saved before it was inserted`);
    }
    if (spoke.revoked) this.session.signals.noteRevoked(spoke.name);
  }

  /** Locks in the order of names, so that two replicas that heard the same spokes do not deadlock. */
  async seen(at: ReadonlyMap<string, string>): Promise<void> {
    if (at.size === 0) return;
    await this.session.query(
      `WITH heard AS (
         SELECT spokes.name, heard.at
         FROM unnest($1::text[], $2::timestamptz[]) AS heard (name, at)
         JOIN spokes ON spokes.name = heard.name
         WHERE spokes.last_seen_at IS NULL OR spokes.last_seen_at < heard.at
         ORDER BY spokes.name
         FOR NO KEY UPDATE OF spokes
       )
       UPDATE spokes SET last_seen_at = heard.at FROM heard WHERE spokes.name = heard.name`,
      [[...at.keys()], [...at.values()]],
    );
  }

  async lastHeardIn(ranges: readonly InstantRange[]): Promise<readonly string[]> {
    const rows = await this.session.read(
      `SELECT name FROM spokes WHERE NOT revoked AND EXISTS (
         SELECT FROM unnest($1::timestamptz[], $2::timestamptz[]) AS heard (after, until)
         WHERE last_seen_at > heard.after AND last_seen_at <= heard.until
       ) ORDER BY name`,
      [ranges.map(({ after = '-infinity' }) => after), ranges.map(({ until }) => until)],
    );
    return rows.map(({ name }) => name as string);
  }

  async list(page: PageRequest, environments?: readonly string[]): Promise<Page<SpokeRecord>> {
    const conditions = new Conditions()
      .and('environment = ANY(?)', environments)
      .and('name > ?', page.after);
    const found = await this.table.select(conditions.page('name', page), conditions.parameters);
    return pageOf(found, page, ({ name }) => name);
  }
}

export class DatabaseReleaseStates implements ReleaseStateRepository {
  private readonly table: DatabaseTable<ReleaseStateRecord>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, RELEASE_STATES);
  }

  get(
    spoke: string,
    namespace: string,
    releaseName: string,
  ): Promise<ReleaseStateRecord | undefined> {
    return this.table.first('WHERE spoke = $1 AND namespace = $2 AND release_name = $3', [
      spoke,
      namespace,
      releaseName,
    ]);
  }

  ofSpoke(spoke: string): Promise<readonly ReleaseStateRecord[]> {
    return this.table.select('WHERE spoke = $1 ORDER BY namespace, release_name', [spoke]);
  }

  async list(
    { spoke, unmanaged }: ReleaseFilter,
    page: PageRequest,
  ): Promise<Page<ReleaseSummary>> {
    const [namespace = '', releaseName = ''] = (page.after ?? '').split('/');
    const rows = await this.session.read(RELEASES_OF_SPOKE, [
      ...[spoke, namespace, releaseName, unmanaged],
      rowsToRead(page),
    ]);
    const found: ReleaseSummary[] = rows.map((row) => RELEASE_STATES.read(row));
    return pageOf(found, page, (release) => `${release.namespace}/${release.releaseName}`);
  }

  async summaries(keys: readonly ReleaseKey[]): Promise<readonly ReleaseSummary[]> {
    const rows = await this.session.read(SUMMARIES, columnsOfKeys(keys));
    return rows.map((row) => RELEASE_STATES.read(row));
  }

  put(records: readonly ReleaseStateRecord[]): Promise<void> {
    return this.table.upsert(records);
  }

  async remove(keys: readonly ReleaseKey[]): Promise<void> {
    await this.session.query(
      `DELETE FROM release_states WHERE ${THESE_RELEASES}`,
      columnsOfKeys(keys),
    );
  }
}

function columnsOfKeys(keys: readonly ReleaseKey[]): readonly (readonly string[])[] {
  return [
    keys.map(({ spoke }) => spoke),
    keys.map(({ namespace }) => namespace),
    keys.map(({ releaseName }) => releaseName),
  ];
}
