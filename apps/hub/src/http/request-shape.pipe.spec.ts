import { describe, expect, it } from '@jest/globals';
import {
  Field,
  FlagField,
  InstantField,
  IntegerField,
  isPlainObject,
  LabelsField,
  TextField,
} from './field.js';
import { Refused } from './refused.js';
import { RequestShapePipe } from './request-shape.pipe.js';

class Shape {
  @TextField({ maximum: 5 })
  name!: string;

  @IntegerField({ minimum: 1, maximum: 3, optional: true })
  count?: number;

  @FlagField({ optional: true })
  flag?: boolean;

  @InstantField({ optional: true })
  at?: string;

  @LabelsField({ optional: true })
  labels?: Record<string, string>;

  @Field({ accepted: 'an object', schema: {}, check: isPlainObject }, { optional: true })
  values?: object;
}

const pipe = new RequestShapePipe();
const read = (body: unknown): unknown => pipe.transform(body, { type: 'body', metatype: Shape });

function refusalOf(body: unknown): Refused {
  try {
    read(body);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('the shape of a request', () => {
  it('hands fields on as they came, whatever their content is called', () => {
    const values = JSON.parse(
      '{"constructor": {"prototype": 1}, "toString": [], "then": 2}',
    ) as object;
    const body = { name: 'shop', count: 3, flag: false, labels: { then: 'x' }, values };

    const shaped = read(body) as Shape;

    expect(shaped).toBeInstanceOf(Shape);
    expect({ ...shaped }).toEqual(body);
    expect(shaped.values).toBe(values);
  });

  it.each<{ name: string; body: unknown; detail: string }>([
    {
      name: 'nothing',
      body: undefined,
      detail: 'name is missing; accepted is text of 1 to 5 characters that is not blank',
    },
    {
      name: 'a list',
      body: [],
      detail: 'the body is no JSON object; accepted is one with the documented fields',
    },
    {
      name: 'a number for text',
      body: { name: 5 },
      detail: 'name is 5; accepted is text of 1 to 5 characters that is not blank',
    },
    {
      name: 'text too long',
      body: { name: 'abcdef' },
      detail: 'name is "abcdef"; accepted is text of 1 to 5 characters that is not blank',
    },
    {
      name: 'blank text',
      body: { name: ' \t' },
      detail: 'name is " \\t"; accepted is text of 1 to 5 characters that is not blank',
    },
    {
      name: 'a number in text',
      body: { name: 'a', count: '1' },
      detail: 'count is "1"; accepted is a whole number from 1 to 3',
    },
    {
      name: 'a number too small',
      body: { name: 'a', count: 0 },
      detail: 'count is 0; accepted is a whole number from 1 to 3',
    },
    {
      name: 'a fraction',
      body: { name: 'a', count: 1.5 },
      detail: 'count is 1.5; accepted is a whole number from 1 to 3',
    },
    {
      name: 'null',
      body: { name: 'a', count: null },
      detail: 'count is null; accepted is a whole number from 1 to 3',
    },
    {
      name: 'a word for a flag',
      body: { name: 'a', flag: 'yes' },
      detail: 'flag is "yes"; accepted is true or false',
    },
    {
      name: 'an instant without a zone',
      body: { name: 'a', at: '2026-03-01T12:00:00' },
      detail:
        'at is "2026-03-01T12:00:00"; accepted is an instant such as 2026-03-01T12:00:00Z (RFC 3339)',
    },
    {
      name: 'an instant that is none',
      body: { name: 'a', at: '2026-13-01T12:00:00Z' },
      detail:
        'at is "2026-13-01T12:00:00Z"; accepted is an instant such as 2026-03-01T12:00:00Z (RFC 3339)',
    },
    {
      name: 'an object for an object of texts',
      body: { name: 'a', labels: { team: {} } },
      detail:
        'labels is an object with "team"; accepted is an object of at most 64 texts, names and texts of 1 to 253 characters',
    },
    {
      name: 'a list for an object',
      body: { name: 'a', values: [] },
      detail: 'values is a list; accepted is an object',
    },
    {
      name: 'a list of words for an object',
      body: { name: 'a', values: ['freeze', 1] },
      detail: 'values is a list, ["freeze",1]; accepted is an object',
    },
    {
      name: 'an unknown field',
      body: { name: 'a', role: 'admin' },
      detail:
        '"role" is not a field of this request; accepted are name, count, flag, at, labels, values',
    },
  ])('refuses $name', ({ body, detail }) => {
    expect(refusalOf(body)).toMatchObject({ code: 'http/invalid_request', details: { detail } });
  });

  it.each<{ name: string; value: unknown }>([
    { name: 'null', value: null },
    { name: 'a number', value: 0 },
    { name: 'text', value: '1' },
    { name: 'an object', value: { name: 'Shape' } },
  ])('refuses $name for its constructor, and blames nothing else', ({ value }) => {
    expect(refusalOf({ name: 'a', constructor: value }).details).toMatchObject({
      field: 'constructor',
      errors: [
        {
          field: 'constructor',
          detail:
            '"constructor" is not a field of this request; accepted are name, count, flag, at, labels, values',
        },
      ],
    });
  });

  it('names every field at fault', () => {
    expect(refusalOf({ count: 9, role: 'admin' }).details).toMatchObject({
      field: expect.any(String),
      errors: expect.arrayContaining([
        expect.objectContaining({ field: 'role' }),
        expect.objectContaining({ field: 'count' }),
        expect.objectContaining({ field: 'name' }),
      ]),
      detail: expect.stringContaining('(and 2 more, see errors)'),
    });
  });
});
