import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import type { Entity, ReportedRelease } from '../catalog/entity.js';
import type { Environment } from '../catalog/environment.js';
import type { Product } from '../catalog/product.js';
import type { Recall } from '../catalog/recall.js';
import type { Release } from '../catalog/release.js';

const CREATED_AT = '2026-01-05T08:00:00.000Z';

export function anEnvironment(change: Partial<Environment> = {}): Environment {
  return {
    name: 'dev',
    tier: 'development',
    channel: 'dev',
    execution: 'automatic',
    rollbackOnFailure: true,
    createdAt: CREATED_AT,
    version: 1,
    ...change,
  };
}

export function aProduct(change: Partial<Product> = {}): Product {
  return {
    name: 'aria',
    criticality: 'medium',
    rolloutTimeoutSeconds: 300,
    labels: {},
    createdAt: CREATED_AT,
    version: 1,
    ...change,
  };
}

export function aRelease(version: string, change: Partial<Release> = {}): Release {
  return {
    id: `release-aria-${version}`,
    product: 'aria',
    version,
    chart: { name: 'aria', version, sha256: sha256Hex(`aria ${version}`), size: 1000 },
    dependencies: [],
    createdAt: CREATED_AT,
    createdBy: 'dev-operator',
    ...change,
  };
}

export function aRecall(change: Partial<Recall> = {}): Recall {
  return {
    id: 'recall-1',
    product: 'aria',
    range: '1.1.0',
    strategy: 'forward',
    reason: 'It loses orders',
    createdBy: 'dev-operator',
    createdAt: CREATED_AT,
    ...change,
  };
}

export function anEntity(change: Partial<Entity> = {}): Entity {
  return {
    name: 'aria-dev',
    spoke: 'dev',
    environment: 'dev',
    product: 'aria',
    namespace: 'aria',
    releaseName: 'aria',
    desired: { channel: 'dev' },
    values: {},
    labels: {},
    strategy: 'rolling',
    editedBy: 'dev-operator',
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    version: 1,
    ...change,
  };
}

export function aReportedRelease(change: Partial<ReportedRelease> = {}): ReportedRelease {
  return {
    helmStatus: 'deployed',
    revision: 1,
    version: '1.0.0',
    valuesDigest: jsonDigest({}),
    releaseDigest: sha256Hex('head 1'),
    health: 'Healthy',
    drifted: false,
    ...change,
  };
}
