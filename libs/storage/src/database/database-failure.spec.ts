import { describe, expect, it } from '@jest/globals';
import { databaseFailure } from './database-failure.js';

function fromServer(code: string): Error {
  return Object.assign(new Error('the server said so'), { code, severity: 'ERROR' });
}

describe('a failure of the database', () => {
  it.each([
    { name: 'a serialization failure', error: fromServer('40001'), kind: 'TransactionConflict' },
    { name: 'a deadlock', error: fromServer('40P01'), kind: 'TransactionConflict' },
    { name: 'a lock not had in time', error: fromServer('55P03'), kind: 'TransactionConflict' },
    { name: 'an operator who ends it', error: fromServer('57P01'), kind: 'StoreUnavailable' },
    { name: 'a statement out of time', error: fromServer('57014'), kind: 'StoreUnavailable' },
    { name: 'a full disk', error: fromServer('53100'), kind: 'StoreUnavailable' },
    { name: 'a transaction idle too long', error: fromServer('25P03'), kind: 'StoreUnavailable' },
    { name: 'a standby', error: fromServer('25006'), kind: 'StoreUnavailable' },
    {
      name: 'a network that is down',
      error: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
      kind: 'StoreUnavailable',
    },
    {
      name: 'a code of five capitals that is the network’s',
      error: Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
      kind: 'StoreUnavailable',
    },
    {
      name: 'a driver that gave up waiting',
      error: new Error('Query read timeout'),
      kind: 'StoreUnavailable',
    },
    { name: 'a duplicate key', error: fromServer('23505'), kind: 'InvariantViolation' },
    { name: 'a missing table', error: fromServer('42P01'), kind: 'InvariantViolation' },
    {
      name: 'a deadlock, wrapped by the query runner',
      error: Object.assign(new Error('query failed'), {
        code: '40P01',
        driverError: fromServer('40P01'),
      }),
      kind: 'TransactionConflict',
    },
  ])('is a $kind for $name', ({ error, kind }) => {
    const failure = databaseFailure(error, '"apollo" at db:5432');
    expect(failure.name).toBe(kind);
    expect(failure.cause).toBe(error);
  });

  it.each([
    {
      name: 'for want of a network',
      error: new Error('no route to host'),
      expected:
        'no route to host; check that PostgreSQL runs and that DATABASE_URL names it, then try again',
    },
    {
      name: 'for want of room on its disk',
      error: fromServer('53100'),
      expected: 'the server said so; make room on the disk of PostgreSQL, then try again',
    },
    {
      name: 'for want of connections',
      error: fromServer('53300'),
      expected:
        'the server said so; end connections that nobody needs, or let PostgreSQL take more ' +
        '(max_connections), then try again',
    },
  ])('says where, what, and what to do $name', ({ error, expected }) => {
    expect(databaseFailure(error, '"apollo" at db:5432').message).toBe(
      `the database "apollo" at db:5432 does not do its work: ${expected}`,
    );
  });
});
