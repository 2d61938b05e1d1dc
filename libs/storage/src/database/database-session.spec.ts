import { describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { Statement } from './client-transaction.js';
import { DatabaseSession } from './database-session.js';

function aSession(): { session: DatabaseSession; sent: Statement[] } {
  const sent: Statement[] = [];
  const run = (statement: Statement): Promise<readonly []> => {
    sent.push(statement);
    return Promise.resolve([]);
  };
  return { session: new DatabaseSession({ run }), sent };
}

describe('a statement that was said to read only', () => {
  it.each([
    'SELECT FROM runs FOR UPDATE',
    'SELECT FROM runs FOR NO KEY UPDATE OF runs',
    'SELECT FROM runs\n  for share',
    'WITH these AS (SELECT FROM runs FOR  KEY  SHARE SKIP LOCKED) SELECT FROM these',
  ])('is refused if it locks: %s', async (statement) => {
    const { session, sent } = aSession();
    await expect(session.read(statement)).rejects.toThrow(InvariantViolation);
    expect(sent).toEqual([]);
  });

  it('goes out if it only looks like that', async () => {
    const { session, sent } = aSession();
    await session.read('SELECT waits_for_update, share FROM runs');
    expect(sent).toMatchObject([{ reads: true }]);
  });
});
