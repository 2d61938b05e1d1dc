import type { BackupRecord, Entity, RunRecord } from '@apollo-deploy/domain';
import * as domain from '@apollo-deploy/domain/testing';
import type { ReleaseStateRecord, SpokeRecord } from '../../ports/records.js';
import { NOON } from './noon.js';

export function aSpoke(change: Partial<SpokeRecord> = {}): SpokeRecord {
  const name = change.name ?? 'spoke-a';
  return {
    name,
    environment: 'dev',
    revoked: false,
    epoch: 0,
    connected: false,
    createdAt: NOON,
    ...change,
  };
}

export function aReleaseState(change: Partial<ReleaseStateRecord> = {}): ReleaseStateRecord {
  return {
    spoke: 'spoke-a',
    namespace: 'test-service',
    releaseName: 'test-service',
    digest: 'd1',
    report: { release: { revision: 1 } },
    ...change,
  };
}

export function anEntity(change: Partial<Entity> = {}): Entity {
  const { name = 'test-service-dev' } = change;
  return domain.anEntity({
    name,
    spoke: 'spoke-a',
    product: 'test-service',
    namespace: 'test-service',
    releaseName: name,
    createdAt: NOON,
    updatedAt: NOON,
    ...change,
  });
}

/** Version 1.0.0, Healthy since noon. */
export function aRun(change: Partial<RunRecord> = {}): RunRecord {
  return domain.aRunRecord({
    entity: 'test-service-dev',
    chartSha256: 'c'.repeat(64),
    product: 'test-service',
    spoke: 'spoke-a',
    provenAt: NOON,
    healthySince: NOON,
    ...change,
  });
}

/** Of test-service-dev, asked for. */
export function aBackup(change: Partial<BackupRecord> = {}): BackupRecord {
  return {
    entity: 'test-service-dev',
    releaseDigest: 'head-1',
    status: 'requested',
    by: 'release snapshot',
    at: NOON,
    covers: 'chart and values',
    ...change,
  };
}
