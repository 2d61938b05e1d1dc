import { describe, expect, it } from '@jest/globals';
import { flag, instant, integer, json, optional, prose, text } from './columns.js';
import { TableMap } from './table-map.js';

interface Note {
  readonly id: string;
  readonly writtenAt: string;
  readonly pages: number;
  readonly body: { readonly lines: readonly string[] } | null;
  readonly draft: boolean;
  readonly comment?: string;
  readonly extra?: { readonly a: null };
}

const NOTES = new TableMap<Note>('notes', ['id'], {
  id: text(),
  writtenAt: instant(),
  pages: integer('bigint'),
  body: json('note_body'),
  draft: flag(),
  comment: optional(prose()),
  extra: optional(json()),
});

const NOTE: Note = {
  id: 'n1',
  writtenAt: '2026-03-02T12:00:00.000Z',
  pages: 3,
  body: null,
  draft: false,
};

describe('the map of a table', () => {
  it('writes the parts of SQL that follow from its columns', () => {
    expect(NOTES.selection).toBe(
      'id AS "id", written_at AS "writtenAt", pages AS "pages", note_body AS "body", ' +
        'draft AS "draft", comment AS "comment", extra AS "extra"',
    );
    expect(NOTES.insertion).toBe(
      'INSERT INTO notes (id, written_at, pages, note_body, draft, comment, extra) SELECT * FROM ' +
        'unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::json[], $5::boolean[], ' +
        '$6::text[], $7::json[])',
    );
    expect(NOTES.keyColumns).toBe('id');
    expect(NOTES.replacements).toBe(
      'written_at = excluded.written_at, pages = excluded.pages, note_body = excluded.note_body, ' +
        'draft = excluded.draft, comment = excluded.comment, extra = excluded.extra',
    );
    expect(NOTES.parameterOf('draft')).toBe(5);
  });

  it.each([
    {
      name: 'what is absent, as NULL',
      note: NOTE,
      expected: ['n1', '2026-03-02T12:00:00.000Z', 3, 'null', false, null, null],
    },
    {
      name: 'JSON as text, where null is a value',
      note: { ...NOTE, body: { lines: ['\0', '\ud800'] }, extra: { a: null } },
      expected: [
        'n1',
        '2026-03-02T12:00:00.000Z',
        3,
        '{"lines":["\\u0000","\\ud800"]}',
        false,
        null,
        '{"a":null}',
      ],
    },
    {
      name: 'a sentence without what no text column takes',
      note: { ...NOTE, comment: 'a\0b\ud800c🚀' },
      expected: ['n1', '2026-03-02T12:00:00.000Z', 3, 'null', false, 'a\ufffdb\ufffdc🚀', null],
    },
  ])('gives the database $name', ({ note, expected }) => {
    expect(NOTES.values(note)).toEqual(expected);
    expect(NOTES.arrays([note, note])).toEqual(expected.map((value) => [value, value]));
  });

  it.each([
    { name: 'absent optional fields', stored: { comment: null, extra: null }, expected: NOTE },
    {
      name: 'optional fields',
      stored: { comment: 'c', extra: { a: null } },
      expected: { ...NOTE, comment: 'c', extra: { a: null } },
    },
  ])('reads a row: $name', ({ stored, expected }) => {
    const row = {
      id: 'n1',
      writtenAt: new Date('2026-03-02T12:00:00Z'),
      pages: '3',
      body: null,
      draft: false,
      ...stored,
    };
    expect(NOTES.read(row)).toStrictEqual(expected);
  });

  it('does not compile without a column for each field, optional as the field is', () => {
    const id = text<string>();
    type Labelled = Pick<Note, 'id' | 'comment'>;
    // @ts-expect-error -- `comment` has no column
    expect(new TableMap<Labelled>('notes', ['id'], { id }).selection).toBe('id AS "id"');
    // @ts-expect-error -- `comment` may be absent, and its column must know
    expect(new TableMap<Labelled>('notes', ['id'], { id, comment: prose() }).table).toBe('notes');
    // @ts-expect-error -- `id` is always there
    expect(new TableMap<Pick<Note, 'id'>>('notes', ['id'], { id: optional(id) }).table).toBe(
      'notes',
    );
  });
});
