import type {
  Environment,
  Product,
  Recall,
  Release,
  StoredConstraint,
} from '@apollo-deploy/domain';
import * as domain from '@apollo-deploy/domain/testing';
import type { OccurrenceRecord } from '../../ports/occurrences.js';
import type { ChannelEntry } from '../../ports/catalog-repositories.js';
import { NOON } from './noon.js';

export function anEnvironment(change: Partial<Environment> = {}): Environment {
  return domain.anEnvironment({ createdAt: NOON, ...change });
}

export function aProduct(change: Partial<Product> = {}): Product {
  return domain.aProduct({ name: 'test-service', createdAt: NOON, ...change });
}

export function aRelease(change: Partial<Release> = {}): Release {
  const { version = '1.0.0', product = 'test-service' } = change;
  return domain.aRelease(version, {
    id: `release-${product}-${version}`,
    product,
    chart: { name: product, version, sha256: 'c'.repeat(64), size: 2048 },
    createdAt: NOON,
    ...change,
  });
}

export function aRecall(change: Partial<Recall> = {}): Recall {
  const product = 'test-service';
  return domain.aRecall({ product, range: '>=1.1.0 <1.2.0', createdAt: NOON, ...change });
}

/** A freeze of everything. */
export function aConstraint(change: Partial<StoredConstraint> = {}): StoredConstraint {
  const { id = 'constraint-1' } = change;
  return domain.aStoredConstraint({
    name: `name-of-${id}`,
    kind: 'suppression_window',
    spec: {
      start: '2026-12-20T00:00:00.000Z',
      end: '2027-01-02T00:00:00.000Z',
      reason: 'Holiday freeze',
    },
    createdBy: 'sre-1',
    createdAt: NOON,
    ...change,
  });
}

export function aChannelEntry(change: Partial<ChannelEntry> = {}): ChannelEntry {
  return {
    channel: 'dev',
    product: 'test-service',
    version: '1.0.0',
    addedAt: NOON,
    addedBy: 'dev-operator',
    ...change,
  };
}

export function anOccurrence(change: Partial<OccurrenceRecord> = {}): OccurrenceRecord {
  return {
    schedule: 'constraint-1',
    startsAt: NOON,
    endsAt: '2026-03-02T16:00:00.000Z',
    missed: 0,
    claimedAt: NOON,
    ...change,
  };
}
