import { REFUSAL_CODES } from '@apollo-deploy/domain';
import { describe, expect, it } from '@jest/globals';
import { EDGE_CODES, type ProblemCode, PROBLEMS } from './problem-table.js';

describe('the table of problems', () => {
  it('has a row for every refusal and no other', () => {
    expect(Object.keys(PROBLEMS).sort()).toEqual([...REFUSAL_CODES, ...EDGE_CODES].sort());
  });

  it('does not compile with a code left out', () => {
    // @ts-expect-error one code of many
    const table: Record<ProblemCode, unknown> = { 'plan/not_found': { status: 404, title: 'x' } };
    expect(table).toBeDefined();
  });

  it.each(REFUSAL_CODES)('says that %s is for the caller to change', (code) => {
    const { status, title } = PROBLEMS[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(title).not.toBe('');
  });

  it('tells its problems apart by their titles', () => {
    const titles = Object.values(PROBLEMS).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
