import { describe, expect, it } from '@jest/globals';
import { Conditions } from './conditions.js';

describe('conditions', () => {
  it.each([
    { name: 'none', given: {}, tail: 'ORDER BY name LIMIT 51', parameters: [] },
    {
      name: 'one',
      given: { spoke: 'spoke-a' },
      tail: 'WHERE spoke = $1 ORDER BY name LIMIT 51',
      parameters: ['spoke-a'],
    },
    {
      name: 'a later one without the first',
      given: { after: 'x' },
      tail: 'WHERE (name > $1 OR name IS NULL) ORDER BY name LIMIT 51',
      parameters: ['x'],
    },
    {
      name: 'all, of which one is empty text',
      given: { spoke: '', after: 'x' },
      tail: 'WHERE spoke = $1 AND (name > $2 OR name IS NULL) ORDER BY name LIMIT 51',
      parameters: ['', 'x'],
    },
  ])('become the end of a query: $name', ({ given, tail, parameters }) => {
    const { spoke, after }: { spoke?: string; after?: string } = given;
    const conditions = new Conditions()
      .and('spoke = ?', spoke)
      .and('(name > ? OR name IS NULL)', after);
    expect(conditions.page('name', { limit: 50 })).toBe(tail);
    expect(conditions.parameters).toEqual(parameters);
  });
});
