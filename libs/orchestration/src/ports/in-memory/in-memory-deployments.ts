import { type Deployment, owesBackPort } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from '../already-exists.js';
import type {
  DeploymentFilter,
  DeploymentPlace,
  DeploymentRepository,
} from '../deployment-repository.js';
import { type Page, pageOf, type PageRequest, rowsToRead } from '../page.js';
import type { VersionConflict } from '../plan-storage.js';
import { pageAfterId } from './memory-lists.js';
import { compositeKey, TableView } from './memory-table.js';
import type { DeploymentGroup, MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryDeployments implements DeploymentRepository {
  private readonly view: TableView<Deployment, DeploymentGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.deployments, transaction);
  }

  async get(id: string): Promise<Deployment | undefined> {
    return this.view.get(id);
  }

  async insert(deployment: Deployment): Promise<Result<Deployment, AlreadyExists>> {
    if (this.view.get(deployment.id) !== undefined) {
      throw new InvariantViolation(`deployment ${deployment.id} is stored already`);
    }
    if (this.isTaken(deployment)) return err({ code: 'already_exists' });
    return ok(this.view.put({ ...deployment, version: 1 }));
  }

  async save(deployment: Deployment): Promise<Result<Deployment, VersionConflict>> {
    const stored = this.view.get(deployment.id);
    if (stored?.version !== deployment.version) return err({ code: 'version_conflict' });
    if (this.isTaken(deployment)) {
      throw new InvariantViolation(`deployment ${deployment.id} is beside another one`);
    }
    return ok(this.view.put({ ...deployment, version: deployment.version + 1 }));
  }

  async underWay(page: PageRequest): Promise<Page<Deployment>> {
    const { after = '' } = page;
    const rows = this.view.inGroup('underWay', '').filter(({ id }) => id > after);
    return pageOf(rows.sort(byId).slice(0, rowsToRead(page)), page, ({ id }) => id);
  }

  async underWayAt(places: readonly DeploymentPlace[]): Promise<readonly Deployment[]> {
    const keys = places.map(({ service, environment }) => compositeKey(service, environment));
    return [...new Set(keys)].flatMap((key) => this.view.inGroup('place', key)).sort(byId);
  }

  async owingBackPort(service: string): Promise<readonly Deployment[]> {
    return this.view.inGroup('service', service).filter(owesBackPort).sort(byId);
  }

  async servicesOwingBackPort(): Promise<readonly string[]> {
    const owing = this.view.inGroup('owing', '').map(({ service }) => service);
    return [...new Set(owing)].sort();
  }

  async newestOfEach(
    filter: Parameters<DeploymentRepository['newestOfEach']>[0],
  ): Promise<readonly Deployment[]> {
    const newest = new Map<string, Deployment>();
    // The newest of each comes last.
    for (const row of this.matching(filter).sort(newestFirst).reverse()) {
      newest.set(row.environment, row);
    }
    return [...newest.values()].sort((a, b) => (a.environment < b.environment ? -1 : 1));
  }

  async count(filter: DeploymentFilter): Promise<number> {
    return this.matching(filter).length;
  }

  async list(filter: DeploymentFilter, page: PageRequest): Promise<Page<Deployment>> {
    return pageAfterId(this.matching(filter).sort(newestFirst), page);
  }

  private matching(filter: DeploymentFilter): Deployment[] {
    const { service } = filter;
    const rows =
      service === undefined
        ? this.view.all().map(({ row }) => row)
        : this.view.inGroup('service', service);
    return rows.filter((row) => isIn(row, filter));
  }

  private isTaken({ id, service, environment, queued, endedAt }: Deployment): boolean {
    if (endedAt !== undefined) return false;
    return this.view
      .inGroup('place', compositeKey(service, environment))
      .some((other) => other.id !== id && other.queued === queued);
  }
}

function isIn(
  deployment: Deployment,
  { environment, environments, status, askedFrom, askedBefore }: DeploymentFilter,
): boolean {
  return (
    (environment === undefined || deployment.environment === environment) &&
    (environments?.includes(deployment.environment) ?? true) &&
    (status === undefined || deployment.status === status) &&
    (askedFrom === undefined || Date.parse(deployment.deployedAt) >= Date.parse(askedFrom)) &&
    (askedBefore === undefined || Date.parse(deployment.deployedAt) < Date.parse(askedBefore))
  );
}

function byId(one: Deployment, other: Deployment): number {
  return one.id < other.id ? -1 : 1;
}

function newestFirst(one: Deployment, other: Deployment): number {
  return Date.parse(other.deployedAt) - Date.parse(one.deployedAt) || byId(other, one);
}
