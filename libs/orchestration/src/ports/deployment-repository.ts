import type { Deployment, DeploymentStatus } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from './already-exists.js';
import type { Page, PageRequest } from './page.js';
import type { VersionConflict } from './plan-storage.js';

/** Where deployments are made one at a time. */
export interface DeploymentPlace {
  readonly service: string;
  readonly environment: string;
}

/** What a list of deployments is limited to; what is absent limits nothing. */
export interface DeploymentFilter {
  readonly service?: string;
  readonly environment?: string;
  /** Only of these; none = nowhere. */
  readonly environments?: readonly string[];
  readonly status?: DeploymentStatus;
  /** Only those that were asked for then or later. RFC 3339. */
  readonly askedFrom?: string;
  /** Only those that were asked for earlier. RFC 3339. */
  readonly askedBefore?: string;
}

/**
 * Deployments, each kept for ever. Of one place at most one that is not queued, and one that is, have
 * not ended, whoever races.
 */
export interface DeploymentRepository {
  get(id: string): Promise<Deployment | undefined>;
  /** Keeps a new one as version 1. Refused if its place is taken; its id must be free. */
  insert(deployment: Deployment): Promise<Result<Deployment, AlreadyExists>>;
  /** Writes only over the version that it was read with; answers it with the next one. */
  save(deployment: Deployment): Promise<Result<Deployment, VersionConflict>>;
  /** Those that have not ended, in the order of their ids. */
  underWay(page: PageRequest): Promise<Page<Deployment>>;
  /** Those of these places that have not ended, in the order of their ids. */
  underWayAt(places: readonly DeploymentPlace[]): Promise<readonly Deployment[]>;
  /** Services that have hotfixes which `owesBackPort` is true of, in their order. */
  servicesOwingBackPort(): Promise<readonly string[]>;
  /** The newest of a service in each environment of the filter, in the order of the environments. */
  newestOfEach(
    filter: Pick<DeploymentFilter, 'environment' | 'environments'> & { readonly service: string },
  ): Promise<readonly Deployment[]>;
  /** Hotfixes of a service that `owesBackPort` is true of, in the order of their ids. */
  owingBackPort(service: string): Promise<readonly Deployment[]>;
  /** How many there are. */
  count(filter: DeploymentFilter): Promise<number>;
  /** Newest first: by when they were asked for, and of one instant by their ids. */
  list(filter: DeploymentFilter, page: PageRequest): Promise<Page<Deployment>>;
}
