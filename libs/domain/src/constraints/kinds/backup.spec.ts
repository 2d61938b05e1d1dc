import { describe, expect, it } from '@jest/globals';
import type { BackupRecord } from '../../backups/backup-record.js';
import { somePlanFacts } from '../../testing.js';
import { backup } from './backup.js';

const RECORD: BackupRecord = {
  entity: 'aria-dev',
  releaseDigest: 'head-1',
  status: 'done',
  by: 'release snapshot',
  at: '2026-01-05T09:00:00.000Z',
  covers: 'chart and values',
};

function messages(base: string | null, record: BackupRecord | null): readonly string[] {
  const compiled = backup.compile({}, 'first a backup');
  if (!compiled.ok || !('constraint' in compiled.value)) throw new Error('it does not compile');
  const { violations } = compiled.value.constraint.evaluate(
    somePlanFacts({ backup: { base, record } }),
  );
  return violations.map(({ message }) => message);
}

describe('a backup', () => {
  it.each([
    { name: 'nothing runs yet', base: null, record: null },
    { name: 'it is done', base: 'head-1', record: RECORD },
  ])('holds nothing where $name', ({ base, record }) => {
    expect(messages(base, record)).toEqual([]);
  });

  it.each([
    {
      name: 'there is none',
      record: null,
      saying:
        'first a backup: there is no backup of what runs on aria-dev yet; it is asked for when nothing else holds the plan',
    },
    {
      name: 'it is under way',
      record: { ...RECORD, status: 'requested' as const },
      saying:
        'first a backup: a backup of aria-dev by release snapshot is under way since 2026-01-05T09:00:00.000Z',
    },
    {
      name: 'it was asked for again after a hub had ended',
      record: { ...RECORD, status: 'requested' as const, asked: 2 },
      saying:
        'first a backup: a backup of aria-dev by release snapshot is under way since 2026-01-05T09:00:00.000Z; release snapshot was asked 2 times, as a hub ended before it heard the answer, so there may be as many',
    },
    {
      name: 'it failed',
      record: { ...RECORD, status: 'failed' as const, detail: 'the disk is full' },
      saying:
        'first a backup: the backup of aria-dev by release snapshot failed at 2026-01-05T09:00:00.000Z: the disk is full; it is tried again at 2026-01-05T09:10:00.000Z',
    },
  ])('holds a plan while $name', ({ record, saying }) => {
    expect(messages('head-1', record)).toEqual([saying]);
  });
});
