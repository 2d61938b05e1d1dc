import { ok } from '@apollo-deploy/kernel';
import { Type } from 'typebox';
import { type BackupRecord, nextTryAt } from '../../backups/backup-record.js';
import type { TabledConstraint } from '../applicability.js';
import { SATISFIED } from '../constraint.js';
import type { ConstraintKind } from '../constraint-kind.js';
import type { PlanFacts } from '../plan-facts.js';
import type { KnownViolation } from '../violation-codes.js';

/** What runs is backed up before it is changed. */
export const backup: ConstraintKind = {
  description:
    'Plans that change what runs start only once a backup of exactly that is done. It is asked for by itself when nothing else holds the plan. What is built in keeps the chart reference and the values of what runs: no data, no volumes.',
  strictest: 'backup',
  schema: Type.Object({}, { additionalProperties: false }),
  compile: (_spec, name) => ok({ constraint: backupFirst(name) }),
};

/** What a deployment that is to back up first asks of the plans that it causes. */
export const BACKUP_OF_DEPLOYMENT = backupFirst('the deployment');

function backupFirst(name: string): TabledConstraint {
  return {
    kind: 'backup',
    row: 'backup',
    evaluate({ backup: { base, record, since }, entity }) {
      if (base === null || record?.status === 'done') return SATISFIED;
      const isTriedAgain = record?.status === 'failed' && since === undefined;
      const violation: KnownViolation = {
        code: 'backup',
        message: `${name}: ${messageOf(entity.name, record, since)}`,
        data: { rule: name, releaseDigest: base, status: record?.status ?? null },
        ...(isTriedAgain && { recheckAt: nextTryAt(record) }),
      };
      return { satisfied: false, violations: [violation], metadata: {} };
    },
  };
}

function messageOf(
  entity: string,
  record: PlanFacts['backup']['record'],
  since: string | undefined,
): string {
  switch (record?.status) {
    case 'requested':
      return `a backup of ${entity} by ${record.by} is under way since ${record.at}${tellRepeated(record)}`;
    case 'failed':
      return `the backup of ${entity} by ${record.by} failed at ${record.at}: ${record.detail ?? 'it did not say why'}; ${since === undefined ? `it is tried again at ${nextTryAt(record)}` : 'the deployment ends by that'}`;
    default:
      return `there is no backup of what runs on ${entity} yet; it is asked for when nothing else holds the plan`;
  }
}

function tellRepeated({ asked = 1, by }: BackupRecord): string {
  return asked > 1
    ? `; ${by} was asked ${String(asked)} times, as a hub ended before it heard the answer, so there may be as many`
    : '';
}
