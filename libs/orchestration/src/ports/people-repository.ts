import type { HeldRoles } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from './already-exists.js';
import type { Page, PageRequest } from './page.js';
import type { VersionConflict } from './plan-storage.js';

/** Somebody who may act here, by the name that every entry of the audit trail carries. */
export interface PersonRecord extends HeldRoles {
  readonly name: string;
  /** Has left, or is not to act for now: no role counts, and no credentials are accepted. */
  readonly disabled: boolean;
  /** No person: acts by tokens only, agrees to nothing and has nobody's roles lent. Absent or false = a person. */
  readonly machine?: boolean;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly version: number;
}

export interface PeopleRepository {
  get(name: string): Promise<PersonRecord | undefined>;
  /** As `get`, and nobody else gets past its own `lock` of it until this transaction ends. */
  lock(name: string): Promise<PersonRecord | undefined>;
  /** Those of the names that there are, disabled or not, in the order of their names. */
  getMany(names: readonly string[]): Promise<readonly PersonRecord[]>;
  /**
   * The people who are not disabled and have one of these roles, in every environment or in any, in
   * the order of their names. Machines are none.
   */
  withRoles(roles: readonly string[]): Promise<readonly PersonRecord[]>;
  /** Keeps a new person as version 1. Refused if the name is taken. */
  insert(person: PersonRecord): Promise<Result<PersonRecord, AlreadyExists>>;
  /** Writes only if the stored version is `person.version`; answers the next version. */
  save(person: PersonRecord): Promise<Result<PersonRecord, VersionConflict>>;
  /** In the order of their names. */
  list(page: PageRequest): Promise<Page<PersonRecord>>;
}
