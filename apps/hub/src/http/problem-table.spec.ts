import { REFUSAL_CODES } from '@apollo-deploy/domain';
import { describe, expect, it } from '@jest/globals';
import { EDGE_CODES, type ProblemCode, PROBLEMS } from './problem-table.js';

/** What was asked for was tried and did not come about: 500, as the pipeline is specified. */
const TRIED_AND_FAILED: readonly ProblemCode[] = ['rollback/failed', 'rollback/outside_failed'];
const FOR_THE_CALLER = REFUSAL_CODES.filter((code) => !TRIED_AND_FAILED.includes(code));

describe('the table of problems', () => {
  it('has a row for every refusal and no other', () => {
    expect(Object.keys(PROBLEMS).sort()).toEqual([...REFUSAL_CODES, ...EDGE_CODES].sort());
  });

  it('does not compile with a code left out', () => {
    // @ts-expect-error one code of many
    const table: Record<ProblemCode, unknown> = { 'plan/not_found': { status: 404, title: 'x' } };
    expect(table).toBeDefined();
  });

  it.each(TRIED_AND_FAILED)('says that %s is nothing that the caller can change', (code) => {
    expect(PROBLEMS[code].status).toBe(500);
  });

  it.each(FOR_THE_CALLER)('says that %s is for the caller to change', (code) => {
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
