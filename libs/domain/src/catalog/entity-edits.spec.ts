import { describe, expect, it } from '@jest/globals';
import { anEntity } from '../testing.js';
import { earlierEditors, editedAnew } from './entity-edits.js';

const OLD = anEntity({ editedBy: 'ann', version: 7 });

describe('an entity that an older version of the hub has written', () => {
  it('has its last editor as the one who is known', () => {
    expect(earlierEditors(OLD, undefined)).toEqual([]);
    expect(editedAnew(OLD, { ...OLD, values: { a: 1 } }, 'bob', undefined)).toEqual({
      editedBy: 'bob',
      edits: [
        { by: 'ann', version: 7 },
        { by: 'bob', version: 8 },
      ],
    });
  });

  it('has those who are known, and then who wrote it there', () => {
    const entity = { ...OLD, edits: [{ by: 'cy', version: 2 }] };
    expect(earlierEditors(entity, undefined)).toEqual(['cy']);
    expect(editedAnew(entity, entity, 'bob', undefined)).toEqual({
      editedBy: 'ann',
      edits: [
        { by: 'cy', version: 2 },
        { by: 'ann', version: 7 },
      ],
    });
  });
});

describe('the edits of an entity', () => {
  const entity = anEntity({
    editedBy: 'bob',
    version: 4,
    edits: [
      { by: 'ann', version: 2 },
      { by: 'bob', version: 4 },
    ],
  });

  it.each([
    { name: 'nothing has gone', gone: undefined, expected: ['ann'] },
    { name: 'nobody knows what has gone', gone: {}, expected: ['ann'] },
    { name: 'an earlier version has gone', gone: { entityVersion: 1 }, expected: ['ann'] },
    { name: 'that of the edit has gone', gone: { entityVersion: 2 }, expected: [] },
  ])('are of their earlier editors until they have gone: $name', ({ gone, expected }) => {
    expect(earlierEditors(entity, gone)).toEqual(expected);
  });

  it('are kept once a person, and only while they have not gone', () => {
    const next = { ...entity, desired: { version: '1.1.0' } };
    expect(editedAnew(entity, next, 'ann', undefined).edits).toEqual([
      { by: 'bob', version: 4 },
      { by: 'ann', version: 5 },
    ]);
    expect(editedAnew(entity, next, 'cy', { entityVersion: 4 }).edits).toEqual([
      { by: 'cy', version: 5 },
    ]);
  });
});
