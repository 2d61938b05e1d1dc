import { describe, expect, it } from '@jest/globals';
import { PROBLEMS } from '../http/problem-table.js';
import { PIPELINE_REFUSALS } from './pipeline-refusals.js';

/** Of what is looked for by its id, and by no request for a deployment. */
const OF_READERS = ['deployment/not_found'];

describe('the refusals of the pipeline', () => {
  it('are each described at a route that has them', () => {
    const described = new Set<string>(Object.values(PIPELINE_REFUSALS).flat());
    const ofThePipeline = Object.keys(PROBLEMS).filter((code) =>
      /^(deployment|promotion|hotfix|rollback)\//.test(code),
    );

    expect(
      ofThePipeline.filter((code) => !described.has(code) && !OF_READERS.includes(code)),
    ).toEqual([]);
  });
});
