import type { Deployment } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import {
  type AlreadyExists,
  type DeploymentFilter,
  type DeploymentPlace,
  type DeploymentRepository,
  type Page,
  pageOf,
  type PageRequest,
  rowsToRead,
  type VersionConflict,
} from '@apollo-deploy/orchestration';
import { decimal, flag, instant, integer, json, optional, prose, text } from './columns.js';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { TableMap } from './table-map.js';
import { versionBefore } from './versioned-table.js';

const DEPLOYMENTS = new TableMap<Deployment>('deployment_history', ['id'], {
  id: text(),
  service: text(),
  fromVersion: optional(text()),
  toVersion: text(),
  environment: text(),
  strategy: text(),
  deployedBy: text(),
  deployedAt: instant(),
  status: text(),
  rollbackVersion: optional(text()),
  notes: optional(prose()),
  durationSeconds: optional(decimal()),
  kind: text(),
  wish: json(),
  chartSha256: text('chart_sha256'),
  deployedByKind: text(),
  reason: optional(prose()),
  endedAt: optional(instant()),
  queued: flag(),
  steps: json(),
  targets: json(),
  backup: text(),
  supersededBy: optional(text()),
  proof: optional(json()),
  breakGlass: optional(text()),
  breakGlassGrant: optional(json()),
  backPortedAt: optional(instant()),
  takenBackAt: optional(instant()),
  version: integer(),
});

/** As `owesBackPort`. */
const OWING = `kind = 'hotfix' AND status = 'completed'
  AND back_ported_at IS NULL AND taken_back_at IS NULL`;
const NEWEST_FIRST = 'deployed_at DESC, id DESC';
const UNCHANGED = versionBefore(DEPLOYMENTS, 'id');

export class DatabaseDeployments implements DeploymentRepository {
  private readonly table: DatabaseTable<Deployment>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, DEPLOYMENTS);
  }

  get(id: string): Promise<Deployment | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  async insert(deployment: Deployment): Promise<Result<Deployment, AlreadyExists>> {
    const inserted = await this.table.insert({ ...deployment, version: 1 }, '');
    if (inserted !== undefined) return ok(inserted);
    if ((await this.get(deployment.id)) === undefined) return err({ code: 'already_exists' });
    throw new InvariantViolation(`deployment ${deployment.id} is stored already`);
  }

  async save(deployment: Deployment): Promise<Result<Deployment, VersionConflict>> {
    const next = { ...deployment, version: deployment.version + 1 };
    const saved = await this.table.update(next, UNCHANGED);
    return saved === undefined ? err({ code: 'version_conflict' }) : ok(saved);
  }

  async underWay(page: PageRequest): Promise<Page<Deployment>> {
    const rows = await this.table.select(
      'WHERE ended_at IS NULL AND id > $1 ORDER BY id LIMIT $2',
      [page.after ?? '', rowsToRead(page)],
    );
    return pageOf(rows, page, ({ id }) => id);
  }

  underWayAt(places: readonly DeploymentPlace[]): Promise<readonly Deployment[]> {
    return this.table.select(
      `WHERE ended_at IS NULL
         AND (service, environment) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY id`,
      [places.map(({ service }) => service), places.map(({ environment }) => environment)],
    );
  }

  owingBackPort(service: string): Promise<readonly Deployment[]> {
    return this.table.select(`WHERE service = $1 AND ${OWING} ORDER BY id`, [service]);
  }

  async servicesOwingBackPort(): Promise<readonly string[]> {
    const rows = await this.session.read(
      `SELECT DISTINCT service FROM deployment_history WHERE ${OWING} ORDER BY service`,
      [],
    );
    return rows.map(({ service }) => service as string);
  }

  newestOfEach(
    filter: Parameters<DeploymentRepository['newestOfEach']>[0],
  ): Promise<readonly Deployment[]> {
    const { where, parameters } = matching(filter);
    return this.table.select(
      `WHERE id IN (SELECT DISTINCT ON (environment) id FROM deployment_history ${where}
         ORDER BY environment, ${NEWEST_FIRST}) ORDER BY environment`,
      parameters,
    );
  }

  async count(filter: DeploymentFilter): Promise<number> {
    const conditions = matching(filter);
    const rows = await this.session.read(
      `SELECT count(*) AS deployments FROM deployment_history ${conditions.where}`,
      conditions.parameters,
    );
    return Number(rows[0]?.['deployments'] ?? 0);
  }

  async list(filter: DeploymentFilter, page: PageRequest): Promise<Page<Deployment>> {
    const conditions = matching(filter).and(
      '(deployed_at, id) < (SELECT deployed_at, id FROM deployment_history WHERE id = ?)',
      page.after,
    );
    const tail = conditions.page(NEWEST_FIRST, page);
    return pageOf(await this.table.select(tail, conditions.parameters), page, ({ id }) => id);
  }
}

function matching(filter: DeploymentFilter): Conditions {
  const { service, environment, environments, status, askedFrom, askedBefore } = filter;
  return new Conditions()
    .and('service = ?', service)
    .and('environment = ?', environment)
    .and('environment = ANY(?)', environments)
    .and('status = ?', status)
    .and('deployed_at >= ?', askedFrom)
    .and('deployed_at < ?', askedBefore);
}
